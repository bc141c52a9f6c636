// SPDX-License-Identifier: MIT
#include "authorization/jwt_grant.hpp"

#include <chrono>
#include <utility>

namespace bbgrant::authorization {
namespace {

constexpr std::chrono::duration<double> kLongestLife = std::chrono::hours{1};
constexpr std::chrono::duration<double> kSkew = std::chrono::seconds{30};

Refused invalid(std::string_view why) { return {Refusal::kInvalidJwt, std::string{why}}; }

std::variant<Jwt, Refused> read_jwt(const http::Headers& headers) {
  constexpr std::string_view kScheme = "JWT ";  // case-sensitive, unlike RFC 9110's schemes
  const auto header = headers.all("Authorization");
  if (header.size() != 1 || !header.front().starts_with(kScheme)) {
    return invalid("send it once, as Authorization: JWT");
  }
  auto parsed = parse_jwt(header.front().substr(kScheme.size()));
  if (const auto* why = std::get_if<std::string_view>(&parsed)) return invalid(*why);
  return std::get<Jwt>(std::move(parsed));
}

}  // namespace

boost::asio::awaitable<std::variant<store::Consumer, Refused>> JwtGrant::authenticate(
    const http::Headers& headers, const http::Form& form) {
  auto read = read_jwt(headers);
  if (auto* refused = std::get_if<Refused>(&read)) co_return std::move(*refused);
  const Jwt& jwt = std::get<Jwt>(read);
  const auto client_id = form.get("client_id").value_or("");
  if (form.has("client_secret") || (!client_id.empty() && client_id != jwt.issuer)) {
    co_return Refused{Refusal::kTwoClientAuthentications};
  }
  auto consumer = co_await store_.find_consumer(jwt.issuer);
  if (!consumer || (consumer->demo && refuse_demo_)) {  // S58
    co_return invalid("issuer or signature is wrong");
  }
  const auto secret = sealer_.open(consumer->secret_sealed);
  if (!secret) co_return Refused{Refusal::kSealedSecret};  // S7
  if (!jwt.is_signed_with(*secret)) co_return invalid("issuer or signature is wrong");
  co_return std::move(*consumer);
}

boost::asio::awaitable<GrantOutcome> JwtGrant::handle(TokenRequest request) {
  auto read = read_jwt(request.headers);
  if (auto* refused = std::get_if<Refused>(&read)) co_return std::move(*refused);
  const Jwt& jwt = std::get<Jwt>(read);
  if (auto refused = judge_times(jwt)) co_return std::move(*refused);

  auto scopes = TokenIssuer::decide_scopes(request.consumer, request.form.get("scope").value_or(""),
                                           request.errors);
  if (auto* refused = std::get_if<Refused>(&scopes)) co_return std::move(*refused);

  const auto account = co_await store_.find_account_by_uuid(jwt.subject);
  if (!account || !account->active) co_return invalid("sub must be the uuid of a live account");
  TokenOrder order{.consumer = request.consumer,
                   .profile = request.profile,
                   .grant = grant_type(),
                   .account = &*account,
                   .scopes = std::get<ScopeSet>(std::move(scopes)),
                   .with_refresh_token = false,
                   .address = request.address,
                   .id = request.id};
  co_return co_await issuer_.issue(std::move(order));
}

// In floating point, so that no absurd time can overflow.
std::optional<Refused> JwtGrant::judge_times(const Jwt& jwt) const {
  const std::chrono::duration<double> now = clock_.now().time_since_epoch();
  if (jwt.expires <= now.count()) return invalid("it has expired");
  if (jwt.expires > (now + kLongestLife + kSkew).count())
    return invalid("exp is over an hour away");
  if (jwt.issued.value_or(0) > (now + kSkew).count()) return invalid("iat is in the future");
  if (jwt.not_before.value_or(0) > (now + kSkew).count()) return invalid("nbf is in the future");
  return std::nullopt;
}

}  // namespace bbgrant::authorization

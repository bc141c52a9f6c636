// SPDX-License-Identifier: MIT
#include "authorization/token_issuer.hpp"

#include <algorithm>
#include <utility>

#include "authorization/random_token.hpp"

namespace bbgrant::authorization {

TokenIssuer::TokenIssuer(store::Store& store, const base::Clock& clock, base::Log& log,
                         std::optional<std::chrono::seconds> ttl)
    : store_(store), clock_(clock), log_(log), ttl_(ttl) {}

std::variant<ScopeSet, Refused> TokenIssuer::decide_scopes(const TokenRequest& request) {
  const ScopeSet permissions = parse_scopes(request.consumer.permissions).names;
  const auto parameter = request.form.get("scope").value_or("");
  if (parameter.empty()) return permissions;
  const AskedScopes asked = parse_scopes(parameter);
  ScopeSet covered = covered_by(asked.names, permissions);
  const bool all_covered = !asked.malformed && covered.size() == asked.names.size();
  if (request.errors == ErrorStyle::kRfc6749 && !all_covered) {
    return Refused{Refusal::kInvalidScope};
  }
  return covered;
}

boost::asio::awaitable<GrantOutcome> TokenIssuer::issue(const TokenRequest& request,
                                                        std::string_view grant_type,
                                                        const store::Account& account,
                                                        ScopeSet scopes) {
  const auto life = life_of_access_token(request);
  const auto now = clock_.now();
  Issued issued{.access_token = random_token(request.profile.access_token_bytes),
                .refresh_token = random_token(),
                .scopes = std::move(scopes),
                .expires_in = life};
  const Hash access_hash = hash_of(issued.access_token.reveal());
  // Named: g++ 12 destroys the members of an aggregate inside a co_await expression twice.
  store::NewTokens tokens{.consumer_key = request.consumer.key,
                          .secret_version = request.consumer.secret_version,
                          .account = account.id,
                          .password_version = account.password_version,
                          .scopes = to_string(issued.scopes),
                          .grant = std::string{grant_type},
                          .issued_on = now,
                          .access_hash = access_hash,
                          .access_expires = now + life,
                          .refresh_hash = hash_of(issued.refresh_token->reveal()),
                          .refresh_expires = std::nullopt};
  switch (co_await store_.issue_tokens(std::move(tokens))) {
    case store::Issue::kAccountChanged:
      co_return Refused{Refusal::kWrongPassword};
    case store::Issue::kConsumerChanged:
      co_return Refused{Refusal::kWrongClientAuthentication};
    case store::Issue::kIssued:
      break;
  }
  log_.event("token_issued", {{"request", request.id},
                              {"grant", grant_type},
                              {"user", account.nickname},
                              {"consumer", request.consumer.key},
                              {"address", request.address},
                              {"token", hash_prefix(access_hash)}});
  co_return issued;
}

boost::asio::awaitable<GrantOutcome> TokenIssuer::issue_from(const TokenRequest& request,
                                                             Secret refresh_token,
                                                             std::optional<ScopeSet> asked) {
  const Hash refresh_hash = hash_of(refresh_token.reveal());
  const auto found = co_await store_.find_refresh_token(refresh_hash, request.consumer.key);
  if (!found) co_return Refused{Refusal::kWrongRefreshToken};  // S26, S77

  const ScopeSet held = parse_scopes(found->scopes).names;
  if (request.errors == ErrorStyle::kRfc6749 && asked &&
      !std::ranges::includes(with_implied(held), *asked)) {
    co_return Refused{Refusal::kInvalidScope};  // S28
  }
  // What the refresh token holds, narrowed to what was asked for, and to what the consumer may
  // still have (S77).
  ScopeSet scopes = asked ? covered_by(*asked, held) : held;
  scopes = covered_by(scopes, parse_scopes(request.consumer.permissions).names);

  const auto life = life_of_access_token(request);
  const auto now = clock_.now();
  Issued issued{.access_token = random_token(request.profile.access_token_bytes),
                .refresh_token = std::move(refresh_token),
                .scopes = std::move(scopes),
                .expires_in = life};
  const Hash access_hash = hash_of(issued.access_token.reveal());
  store::RefreshedToken token{.refresh_hash = refresh_hash,
                              .consumer_key = request.consumer.key,
                              .secret_version = request.consumer.secret_version,
                              .now = now,
                              .access_hash = access_hash,
                              .access_expires = now + life,
                              .scopes = to_string(issued.scopes)};
  const auto stored = co_await store_.issue_from_refresh(std::move(token));
  if (stored != store::Refresh::kIssued) co_return Refused{Refusal::kWrongRefreshToken};
  log_.event("token_refreshed", {{"request", request.id},
                                 {"user", found->account ? found->account->nickname : ""},
                                 {"consumer", request.consumer.key},
                                 {"address", request.address},
                                 {"token", hash_prefix(access_hash)}});
  co_return issued;
}

std::chrono::seconds TokenIssuer::life_of_access_token(const TokenRequest& request) const {
  if (request.consumer.access_token_ttl) return *request.consumer.access_token_ttl;
  return ttl_.value_or(request.profile.access_token_ttl);
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include <chrono>
#include <utility>

#include "authorization/answers.hpp"
#include "authorization/profile.hpp"
#include "authorization/scopes.hpp"
#include "authorization/token_issuer.hpp"
#include "base/document.hpp"
#include "sandbox/control/control.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::json;
using Answer = boost::asio::awaitable<http::Response>;

constexpr std::int64_t kLongestLife = 10LL * 366 * 24 * 3600;
constexpr const char* kGrant = "authorization_code";

Answer mint(const Control::Of& of, std::string id, json body) {
  base::Fields fields{body};
  const auto user = fields.required_text("user");
  const auto key = fields.required_text("consumer");
  const auto words = fields.words("scopes");
  const auto life = fields.number("expires_in", 0, kLongestLife);
  fields.finish();
  const auto account = co_await of.store.find_account_by_login(user);
  if (!account) co_return problem(404, "there is no user '" + user + "'", "user");
  auto consumer = co_await of.store.find_consumer(key);
  if (!consumer) co_return problem(404, "there is no consumer '" + key + "'", "consumer");
  if (life) consumer->access_token_ttl = std::chrono::seconds{*life};

  auto scopes = authorization::parse_scopes(consumer->permissions).names;
  if (words) {
    const auto held = authorization::with_implied(scopes);
    scopes = authorization::ScopeSet{words->begin(), words->end()};
    for (const auto& scope : scopes) {
      if (!held.contains(scope)) {
        fields.refuse("scopes", "the consumer has no permission '" + scope + "'");
      }
    }
  }
  const auto* named = authorization::find_profile(consumer->profile);
  const auto& profile =
      named == nullptr ? *authorization::find_profile(of.workshop.profile) : *named;
  authorization::TokenOrder order{.consumer = *consumer,
                                  .profile = profile,
                                  .grant = kGrant,
                                  .account = &*account,
                                  .scopes = std::move(scopes),
                                  .address = "control",
                                  .id = id};
  auto outcome = co_await of.authorization.issuer().issue(std::move(order));
  if (auto* issued = std::get_if<authorization::Issued>(&outcome)) {
    co_return authorization::token_response(*issued, profile, kGrant);
  }
  co_return problem(409, "user '" + user + "' is not active, or was changed meanwhile", "user");
}

std::string token_of(json& body) {
  base::Fields fields{body};
  auto token = fields.secret("token");
  if (!token) fields.refuse("token", "is required");
  fields.finish();
  return std::string{token->reveal()};
}

http::Response done_or_not(bool done) {
  return done ? http::Response::no_content() : problem(404, "there is no such token", "token");
}

}  // namespace

void add_token_calls(Calls& calls, const Control::Of& of) {
  const std::string path = "/_sandbox/tokens";
  calls.add(
      http::Method::kPost, path, "user, consumer, scopes, expires_in",
      [&of](http::Request& request, json body) { return mint(of, request.id, std::move(body)); });
  calls.add(http::Method::kPatch, path, "token, which expires now",
            [&of](http::Request&, json body) -> Answer {
              const auto hash = authorization::hash_of(token_of(body));
              co_return done_or_not(co_await of.store.expire_token(hash, of.clock.now()));
            });
  calls.add(http::Method::kDelete, path, "token, which is revoked",
            [&of](http::Request&, json body) -> Answer {
              const auto hash = authorization::hash_of(token_of(body));
              co_return done_or_not(co_await of.store.revoke_token(hash));
            });
}

}  // namespace bbgrant::sandbox

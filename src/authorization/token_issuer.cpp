// SPDX-License-Identifier: MIT
#include "authorization/token_issuer.hpp"

#include <algorithm>
#include <utility>

#include "authorization/random_token.hpp"
#include "authorization/seal.hpp"

namespace bbgrant::authorization {

TokenIssuer::TokenIssuer(store::Store& store, const base::Clock& clock, base::Log& log,
                         std::optional<std::chrono::seconds> ttl)
    : store_(store), clock_(clock), log_(log), ttl_(ttl) {}

std::variant<ScopeSet, Refused> TokenIssuer::decide_scopes(const store::Consumer& consumer,
                                                           std::string_view asked,
                                                           ErrorStyle errors) {
  const ScopeSet permissions = parse_scopes(consumer.permissions).names;
  if (asked.empty()) return permissions;
  const AskedScopes parsed = parse_scopes(asked);
  ScopeSet covered = covered_by(parsed.names, permissions);
  const bool all_covered = !parsed.malformed && covered.size() == parsed.names.size();
  if (errors == ErrorStyle::kRfc6749 && !all_covered) return Refused{Refusal::kInvalidScope};
  return covered;
}

boost::asio::awaitable<GrantOutcome> TokenIssuer::issue(TokenOrder order) {
  Drawn drawn = draw(order);
  const Hash access_hash = drawn.record.access_hash;
  switch (co_await store_.issue_tokens(std::move(drawn.record))) {
    case store::Issue::kAccountChanged:
      co_return Refused{Refusal::kWrongPassword};
    case store::Issue::kConsumerChanged:
      co_return Refused{Refusal::kWrongClientAuthentication};
    case store::Issue::kIssued:
      break;
  }
  log_issued(order, access_hash);
  co_return std::move(drawn.issued);
}

TokenIssuer::Drawn TokenIssuer::draw(TokenOrder order) const {
  const auto life = life_of_access_token(order.consumer, order.profile);
  const auto now = clock_.now();
  Drawn drawn{.issued = {.access_token = random_token(order.profile.access_token_bytes),
                         .refresh_token = std::nullopt,
                         .scopes = std::move(order.scopes),
                         .expires_in = life},
              .record = {.consumer_key = order.consumer.key,
                         .secret_version = order.consumer.secret_version,
                         .scopes = {},
                         .grant = std::string{order.grant},
                         .issued_on = now,
                         .access_expires = now + life}};
  drawn.record.access_hash = hash_of(drawn.issued.access_token.reveal());
  drawn.record.scopes = to_string(drawn.issued.scopes);
  if (order.account != nullptr) {
    drawn.record.account = order.account->id;
    drawn.record.password_version = order.account->password_version;
  }
  if (order.with_refresh_token) {
    drawn.issued.refresh_token = random_token();
    drawn.record.refresh_hash = hash_of(drawn.issued.refresh_token->reveal());
    drawn.record.refresh_expires = end_of_refresh_token(order.profile);
  }
  return drawn;
}

void TokenIssuer::log_issued(const TokenOrder& order, const Hash& access_hash) {
  log_.event("token_issued", {{"request", order.id},
                              {"grant", order.grant},
                              {"user", order.account == nullptr ? "" : order.account->nickname},
                              {"consumer", order.consumer.key},
                              {"address", order.address},
                              {"token", hash_prefix(access_hash)}});
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

  const auto life = life_of_access_token(request.consumer, request.profile);
  const auto now = clock_.now();
  Issued issued{.access_token = random_token(request.profile.access_token_bytes),
                .refresh_token = std::nullopt,
                .scopes = std::move(scopes),
                .expires_in = life};
  const Hash access_hash = hash_of(issued.access_token.reveal());
  store::RefreshedToken token{.refresh_hash = refresh_hash,
                              .consumer_key = request.consumer.key,
                              .secret_version = request.consumer.secret_version,
                              .now = now,
                              .access_hash = access_hash,
                              .access_expires = now + life,
                              .scopes = to_string(issued.scopes),
                              .refresh_expires = end_of_refresh_token(request.profile)};
  const bool rotates = request.consumer.rotation.value_or(request.profile.rotates_refresh_tokens);
  auto outcome = store::Refresh::kUnknown;
  if (rotates) {
    const Sealer sealer = Sealer::with_key_of(refresh_token);
    issued.refresh_token = random_token();
    store::RotatedToken rotated{.refreshed = std::move(token),
                                .successor_hash = hash_of(issued.refresh_token->reveal()),
                                .successor_sealed = sealer.seal(*issued.refresh_token),
                                .retry_until = now + request.profile.refresh_grace};
    const auto rotation = co_await store_.rotate_refresh_token(std::move(rotated));
    outcome = rotation.outcome;
    if (rotation.earlier_successor) {
      issued.refresh_token = sealer.open(*rotation.earlier_successor);
      if (!issued.refresh_token) outcome = store::Refresh::kDead;  // the store was tampered with
    }
  } else {
    outcome = co_await store_.issue_from_refresh(std::move(token));
    issued.refresh_token = std::move(refresh_token);
  }
  if (outcome == store::Refresh::kReused) {
    log_.warning("refresh_token_reused", {{"request", request.id},
                                          {"user", found->account ? found->account->nickname : ""},
                                          {"consumer", request.consumer.key},
                                          {"address", request.address},
                                          {"token", hash_prefix(refresh_hash)}});
  }
  if (outcome != store::Refresh::kIssued) co_return Refused{Refusal::kWrongRefreshToken};
  log_.event("token_refreshed", {{"request", request.id},
                                 {"user", found->account ? found->account->nickname : ""},
                                 {"consumer", request.consumer.key},
                                 {"address", request.address},
                                 {"token", hash_prefix(access_hash)}});
  co_return issued;
}

std::optional<std::chrono::sys_seconds> TokenIssuer::end_of_refresh_token(
    const Profile& profile) const {
  if (!profile.refresh_idle_life) return std::nullopt;
  return clock_.now() + *profile.refresh_idle_life;
}

std::chrono::seconds TokenIssuer::life_of_access_token(const store::Consumer& consumer,
                                                       const Profile& profile) const {
  if (consumer.access_token_ttl) return *consumer.access_token_ttl;
  return ttl_.value_or(profile.access_token_ttl);
}

}  // namespace bbgrant::authorization

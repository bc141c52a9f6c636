// SPDX-License-Identifier: MIT
#include "sandbox/verifier.hpp"

#include <array>
#include <cstdint>
#include <string>

#include <sodium.h>

#include "authorization/random_token.hpp"
#include "authorization/scopes.hpp"

namespace bbgrant::sandbox {
namespace {

// One uuid for each consumer, and always the same, without a column of its own.
resource::AppUser app_user(const store::Consumer& consumer) {
  auto bytes = authorization::hash_of("app_user " + consumer.key);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x80U);  // RFC 9562 section 5.8
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
  std::array<char, 33> hex{};
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), 16);
  std::string uuid{hex.data()};
  for (const std::size_t place : {20U, 16U, 12U, 8U}) uuid.insert(place, "-");
  return {.uuid = "{" + uuid + "}",
          .account_id = "app_user:" + uuid,
          .display_name = consumer.name,
          .workspace_uuid = consumer.workspace_uuid};
}

}  // namespace

StoreVerifier::StoreVerifier(store::Store& store, const authorization::Behaviour& behaviour,
                             const base::Clock& clock)
    : store_(store), behaviour_(behaviour), clock_(clock) {}

boost::asio::awaitable<resource::VerifiedToken> StoreVerifier::verify(std::string_view token) {
  using State = resource::VerifiedToken::State;
  resource::VerifiedToken verified;
  verified.header_only = behaviour_.profile->bearer_in_header_only;
  if (token.empty()) co_return verified;
  // Refresh tokens, codes and secrets are no access tokens: they are not looked up here (S37).
  const auto found = co_await store_.find_access_token(authorization::hash_of(token));
  if (!found) co_return verified;
  if (const auto* profile = authorization::find_profile(found->profile)) {
    verified.header_only = profile->bearer_in_header_only;
  }
  verified.recognised = true;
  if (found->revoked) co_return verified;
  if (found->expires_at <= clock_.now()) {
    verified.state = State::kExpired;
    co_return verified;
  }
  if (found->account) {
    verified.caller.account = found->account->id;
  } else {
    const auto consumer = co_await store_.find_consumer(found->consumer_key);
    if (!consumer) co_return verified;  // it went, and the token with it
    verified.caller.account = consumer->owner;
    verified.caller.app = app_user(*consumer);
  }
  verified.state = State::kLive;
  verified.caller.granted = authorization::parse_scopes(found->scopes).names;
  verified.caller.held = authorization::with_implied(verified.caller.granted);
  co_return verified;
}

}  // namespace bbgrant::sandbox

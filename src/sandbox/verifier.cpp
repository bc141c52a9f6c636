// SPDX-License-Identifier: MIT
#include "sandbox/verifier.hpp"

#include "authorization/random_token.hpp"
#include "authorization/scopes.hpp"

namespace bbgrant::sandbox {

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
  if (!found || found->revoked || !found->account) co_return verified;
  if (const auto* profile = authorization::find_profile(found->profile)) {
    verified.header_only = profile->bearer_in_header_only;
  }
  if (found->expires_at <= clock_.now()) {
    verified.state = State::kExpired;
    co_return verified;
  }
  verified.state = State::kLive;
  verified.caller.account = found->account->id;
  verified.caller.granted = authorization::parse_scopes(found->scopes).names;
  verified.caller.held = authorization::with_implied(verified.caller.granted);
  co_return verified;
}

}  // namespace bbgrant::sandbox

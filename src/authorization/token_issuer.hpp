// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "authorization/grant.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// The steps that grants share once they know for whom to issue: scopes, life, tokens, the store.
/// Thread-safe.
class TokenIssuer {
 public:
  /// @param ttl  life of an access token (--access-token-ttl) where the consumer sets none; unset
  ///             leaves it to the profile.
  TokenIssuer(store::Store& store, const base::Clock& clock, base::Log& log,
              std::optional<std::chrono::seconds> ttl);

  /// The scopes to grant: what was asked for, as far as the consumer's permissions cover it, or all
  /// of them when nothing was asked for. Under the standard's errors anything else is refused;
  /// Bitbucket ignores it, and if nothing is left grants none, never all (S12).
  [[nodiscard]] static std::variant<ScopeSet, Refused> decide_scopes(const TokenRequest& request);

  /// Issues an access token and a refresh token for the account.
  /// The store decides in one transaction whether account and consumer are still good (S31).
  [[nodiscard]] boost::asio::awaitable<GrantOutcome> issue(const TokenRequest& request,
                                                           std::string_view grant_type,
                                                           const store::Account& account,
                                                           ScopeSet scopes);

  /// Issues an access token under a refresh token, which stays as it is.
  /// @param scopes  unset for what the refresh token holds.
  [[nodiscard]] boost::asio::awaitable<GrantOutcome> issue_from(const TokenRequest& request,
                                                                Secret refresh_token,
                                                                std::optional<ScopeSet> scopes);

 private:
  [[nodiscard]] std::chrono::seconds life_of_access_token(const TokenRequest& request) const;

  store::Store& store_;
  const base::Clock& clock_;
  base::Log& log_;
  std::optional<std::chrono::seconds> ttl_;
};

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "authorization/grant.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// What to issue, and to whom. The references outlive the call.
struct TokenOrder {
  const store::Consumer& consumer;
  const Profile& profile;
  /// The grant's name, for the record and the log.
  std::string_view grant;
  /// As it was when it was checked; null: the tokens act as the consumer itself.
  const store::Account* account;
  ScopeSet scopes;
  bool with_refresh_token = true;
  /// The peer's address and the request's id, for the log.
  std::string_view address;
  std::string_view id;
};

/// The steps that grants share once they know for whom to issue: scopes, life, tokens, the store.
/// Thread-safe.
class TokenIssuer {
 public:
  /// New tokens, and the record of them that the store has yet to take.
  struct Drawn {
    Issued issued;
    store::NewTokens record;
  };

  /// @param ttl  life of an access token (--access-token-ttl) where the consumer sets none; unset
  ///             leaves it to the profile.
  TokenIssuer(store::Store& store, const base::Clock& clock, base::Log& log,
              std::optional<std::chrono::seconds> ttl);

  /// The scopes to grant: what was asked for, as far as the consumer's permissions cover it, or all
  /// of them when nothing was asked for. Under the standard's errors anything else is refused;
  /// Bitbucket ignores it, and if nothing is left grants none, never all (S12).
  /// @param asked  the parameter `scope`.
  [[nodiscard]] static std::variant<ScopeSet, Refused> decide_scopes(
      const store::Consumer& consumer, std::string_view asked, ErrorStyle errors);

  /// Issues an access token and, where it is ordered, a refresh token.
  /// The store decides in one transaction whether account and consumer are still good (S31).
  [[nodiscard]] boost::asio::awaitable<GrantOutcome> issue(TokenOrder order);

  // The halves of issue(), for a grant whose store call does more in the same transaction.

  [[nodiscard]] Drawn draw(TokenOrder order) const;
  void log_issued(const TokenOrder& order, const store::Hash& access_hash);

  /// Issues an access token under a refresh token, which stays as it is or, where the consumer or
  /// its profile rotates, is spent for a successor (S27).
  /// @param scopes  unset for what the refresh token holds.
  [[nodiscard]] boost::asio::awaitable<GrantOutcome> issue_from(const TokenRequest& request,
                                                                Secret refresh_token,
                                                                std::optional<ScopeSet> scopes);

 private:
  [[nodiscard]] std::chrono::seconds life_of_access_token(const store::Consumer& consumer,
                                                          const Profile& profile) const;
  [[nodiscard]] std::optional<std::chrono::sys_seconds> end_of_refresh_token(
      const Profile& profile) const;

  store::Store& store_;
  const base::Clock& clock_;
  base::Log& log_;
  std::optional<std::chrono::seconds> ttl_;
};

}  // namespace bbgrant::authorization

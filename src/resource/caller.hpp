// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "store/store.hpp"

namespace bbgrant::resource {

/// Scope names, as the access token holds them with all that they imply.
using Scopes = std::set<std::string, std::less<>>;

/// A consumer that acts as itself: Bitbucket's `app_user`, which has its own workspace only.
struct AppUser {
  std::string uuid;        ///< "{...}"
  std::string account_id;  ///< ours, as the whole shape is
  std::string display_name;
  std::string workspace_uuid;
};

/// Who calls, as the access token says.
struct Caller {
  /// Whose rights it has; with `app` in that one's workspace only.
  std::optional<store::AccountId> account;
  std::optional<AppUser> app;
  /// As granted, for X-OAuth-Scopes and for the text of a refusal.
  Scopes granted;
  /// With what they imply: what decides.
  Scopes held;

  /// Whose rights it has in that workspace; nothing: what everybody has.
  [[nodiscard]] std::optional<store::AccountId> account_in(std::string_view workspace_uuid) const {
    return !app || app->workspace_uuid == workspace_uuid ? account : std::nullopt;
  }
};

/// What a token turned out to be.
struct VerifiedToken {
  enum class State { kUnknown, kExpired, kLive };

  State state = State::kUnknown;
  /// The token is known, live or not, and header_only its own.
  bool recognised = false;
  /// The token's consumer takes it in the Authorization header only, not in form or query. For a
  /// token that is not recognised, what holds where no token was sent.
  bool header_only = false;
  /// Set when the token is live.
  Caller caller;
};

/// What the resource server asks of the authorization server. Thread-safe.
class TokenVerifier {
 public:
  TokenVerifier() = default;
  TokenVerifier(const TokenVerifier&) = delete;
  TokenVerifier& operator=(const TokenVerifier&) = delete;
  virtual ~TokenVerifier() = default;

  /// @param token  within the alphabet and the length of a token; looked up by its hash. Empty for
  ///               what is no token at all: unknown, without a look-up.
  /// @throws store::StoreError
  [[nodiscard]] virtual boost::asio::awaitable<VerifiedToken> verify(std::string_view token) = 0;
};

}  // namespace bbgrant::resource

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <bbgrant/api.hpp>
#include <bbgrant/client.hpp>
#include <bbgrant/pages.hpp>
#include <bbgrant/token_store.hpp>

namespace bbgrant {

struct SessionOptions {
  /// How long before its end a token is replaced.
  std::chrono::seconds early = std::chrono::seconds{60};
  /// For one refresh, with the wait for other processes.
  std::chrono::milliseconds refresh_timeout = std::chrono::seconds{30};
  /// Called after a new token was saved, on the thread that got it, without any lock. It must not
  /// throw.
  std::function<void(const Token& token)> token_changed{};
};

/// A signed-in user: a token that is kept, refreshed and used.
///
/// All functions may be called from several threads at once. However many find the token expired,
/// one of them asks for a new one and the others take its result (S42). A new token is saved before
/// it is used. A refresh that fails in passing leaves the old token in use while it lives.
class Session {
 public:
  /// @param store  null: memory_token_store(). What it holds is used.
  Session(Client client, ApiClient api, std::shared_ptr<TokenStore> store = {},
          SessionOptions options = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Takes and saves a token that a grant gave.
  void sign_in(Token token);
  /// Revokes the tokens where the server can, and forgets them in any case.
  /// @throws what Client::revoke() throws, after forgetting.
  void sign_out();

  /// A copy of the token as it is, fresh or not; nothing when nobody is signed in.
  [[nodiscard]] std::optional<Token> token() const;

  /// An access token that is good now; refreshes first when it is near its end.
  /// @throws LoginRequired nobody is signed in, or the refresh token is dead; TransportError,
  ///         OAuthError, ProtocolError the refresh failed and the old token has expired.
  [[nodiscard]] Secret access_token(const std::stop_token& stop = {});

  /// Replaces the token now, whatever its age. @throws as access_token().
  void refresh(const std::stop_token& stop = {});

  /// Calls the API; on a 401 refreshes once and calls again. @throws as ApiClient and
  /// access_token().
  [[nodiscard]] ApiResponse send(const ApiRequest& request);
  [[nodiscard]] ApiResponse get(std::string target);
  [[nodiscard]] ApiResponse post(std::string target, std::string json_body);
  [[nodiscard]] ApiResponse put(std::string target, std::string json_body);
  [[nodiscard]] ApiResponse remove(std::string target);
  /// All items of a paged list, fetched as they are read. This session must outlive the range.
  [[nodiscard]] Items items(std::string target);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bbgrant

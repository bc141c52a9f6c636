// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "store/error.hpp"
#include "store/tokens.hpp"
#include "store/types.hpp"
#include "store/web_sessions.hpp"

namespace bbgrant::store {

class Database;

/// An authorization request as its consent page shows it.
struct AuthorizationRequest {
  std::string consumer_key;
  std::string response_type;
  std::string redirect_uri;
  /// It stood in the request, so it must stand in the token request too (RFC 6749 section 4.1.3).
  bool redirect_uri_sent = false;
  std::string scopes;  ///< with one blank between them
  std::optional<std::string> state = {};
  std::optional<std::string> challenge = {};  ///< PKCE, S256
  std::chrono::sys_seconds expires_on;
  /// To whom the consent page was shown last.
  std::optional<AccountId> account = {};
};

/// An authorization code to be kept.
struct NewCode {
  Hash hash{};
  std::string consumer_key;
  std::int64_t secret_version = 0;
  AccountId account{};
  std::int64_t password_version = 0;
  std::string redirect_uri;
  bool redirect_uri_sent = false;  ///< as in AuthorizationRequest
  std::string scopes;
  std::optional<std::string> challenge = {};
  std::chrono::sys_seconds expires_on;
};

/// What a code would give.
struct AuthorizationCode {
  AccountId account{};
  std::int64_t password_version = 0;
  std::string scopes;
};

/// A code as a token request shows it.
struct ShownCode {
  Hash hash{};
  std::optional<std::string> redirect_uri = {};  ///< may be left out where none had been sent
  std::optional<std::string> challenge = {};     ///< made from the verifier; nothing: none was sent
  std::chrono::sys_seconds now;
};

enum class Spend {
  kIssued,
  kUnknown,           ///< or another consumer's; nothing changes
  kUsed,              ///< and what its first use gave is revoked (S20)
  kExpired,           ///< this and the following spend the code
  kWrongRedirectUri,  ///<
  kWrongVerifier,     ///< S21
  kChanged,           ///< account or consumer are no longer what they were (S31)
};

/// Authorization requests and codes. Thread-safe; every function throws StoreError on a fault, and
/// nothing is changed then.
class Authorizations {
 public:
  explicit Authorizations(Database& database) : database_(database) {}

  /// @throws StoreError kConstraint when session or consumer are gone.
  boost::asio::awaitable<void> add_authorization_request(Hash ticket, WebSessionId session,
                                                         AuthorizationRequest request);
  /// Nothing for another session's, too.
  [[nodiscard]] boost::asio::awaitable<std::optional<AuthorizationRequest>>
  find_authorization_request(Hash ticket, WebSessionId session, std::chrono::sys_seconds now) const;
  /// Takes note of who is shown the consent page.
  boost::asio::awaitable<void> show_authorization_request(Hash ticket, AccountId account);
  /// Gives it out once, to the session that began it and the account that it was shown to (S74).
  [[nodiscard]] boost::asio::awaitable<std::optional<AuthorizationRequest>>
  take_authorization_request(Hash ticket, WebSessionId session, AccountId account,
                             std::chrono::sys_seconds now);

  boost::asio::awaitable<void> add_code(NewCode code);
  /// Nothing for an unknown code and for another consumer's. Spent and expired ones are found.
  [[nodiscard]] boost::asio::awaitable<std::optional<AuthorizationCode>> find_code(
      Hash hash, std::string_view consumer_key) const;
  /// Trades a code for `tokens`, once in the whole cluster: one conditional update decides, and
  /// whatever else is wrong is judged after it, in the same transaction (S20, S21).
  [[nodiscard]] boost::asio::awaitable<Spend> spend_code(ShownCode shown, NewTokens tokens);

  /// Removes requests and codes that had expired by `before`, at most `limit` of each.
  boost::asio::awaitable<std::size_t> prune_authorizations(std::chrono::sys_seconds before,
                                                           std::size_t limit);

 private:
  Database& database_;
};

}  // namespace bbgrant::store

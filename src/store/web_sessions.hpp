// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "store/accounts.hpp"
#include "store/error.hpp"
#include "store/types.hpp"

namespace bbgrant::store {

class Database;

/// The store's own number of a web session; it stays when the session gets a new id.
enum class WebSessionId : std::int64_t {};

/// A browser that is, or may become, signed in.
struct WebSession {
  WebSessionId id{};
  /// Who is signed in, or whose second step is awaited; nothing for a visitor.
  std::optional<Account> account = {};
  /// The password was right; the code of the second step is still awaited.
  bool second_step = false;
  std::chrono::sys_seconds used_on;
};

/// Who signs in, as it was when the password was checked.
struct SignIn {
  AccountId account{};
  std::int64_t password_version = 0;
  bool second_step = false;
};

/// How long a session lives (S25).
struct SessionLife {
  std::chrono::seconds idle = std::chrono::minutes{30};
  std::chrono::seconds absolute = std::chrono::hours{12};
};

/// Sessions of the pages, known by the hashes of their ids. Thread-safe; every function throws
/// StoreError on a fault, and nothing is changed then.
class WebSessions {
 public:
  explicit WebSessions(Database& database) : database_(database) {}

  /// A visitor's session.
  [[nodiscard]] boost::asio::awaitable<WebSessionId> open_session(Hash id,
                                                                  std::chrono::sys_seconds now);

  /// Nothing when it is unknown or over, or its account is no longer what it was (S31).
  [[nodiscard]] boost::asio::awaitable<std::optional<WebSession>> find_session(
      Hash id, std::chrono::sys_seconds now, SessionLife life) const;

  /// The session was used: it is not idle.
  boost::asio::awaitable<void> touch_session(WebSessionId session, std::chrono::sys_seconds now);

  /// Gives the session a new id and an account, or with nothing makes it a visitor's again; the old
  /// id is dead (S25). Authorization requests that it has begun stay with it.
  /// @returns false when there is no such session, or the account has changed since (S31).
  [[nodiscard]] boost::asio::awaitable<bool> renew_session(Hash old_id, Hash new_id,
                                                           std::optional<SignIn> sign_in,
                                                           std::chrono::sys_seconds now);

  /// Removes at most `limit` sessions that were last used before then, and of the visitors' all but
  /// the newest `visitors`, so that the table stays bounded (S51).
  boost::asio::awaitable<std::size_t> prune_sessions(std::chrono::sys_seconds before,
                                                     std::size_t limit, std::size_t visitors);

  /// Takes note of the time step of a code of the second step, so that each is good once.
  /// @returns false when this step or a later one was used before.
  [[nodiscard]] boost::asio::awaitable<bool> use_totp_step(AccountId account, std::int64_t step);

 private:
  Database& database_;
};

}  // namespace bbgrant::store

// SPDX-License-Identifier: MIT
#include "store/web_sessions.hpp"

#include <utility>

#include "store/account_columns.hpp"
#include "store/database.hpp"

namespace bbgrant::store {

namespace asio = boost::asio;

namespace {

Value number_of(WebSessionId id) { return static_cast<std::int64_t>(id); }

WebSession read_session(Reader row) {
  WebSession session{.id = WebSessionId{row.next<std::int64_t>()},
                     .account = {},
                     .second_step = row.next<bool>(),
                     .used_on = row.next<std::chrono::sys_seconds>()};
  if (row.next<std::optional<AccountId>>()) session.account = read_account(row);
  return session;
}

}  // namespace

asio::awaitable<WebSessionId> WebSessions::open_session(Hash id, std::chrono::sys_seconds now) {
  return database_.write([id, now](Connection& connection) {
    return WebSessionId{connection.number(
        "INSERT INTO web_sessions (hash, account_id, password_version, second_step, created_on, "
        "used_on) VALUES ($1, NULL, 0, 0, $2, $2) RETURNING id",
        {id, now})};
  });
}

asio::awaitable<std::optional<WebSession>> WebSessions::find_session(Hash id,
                                                                     std::chrono::sys_seconds now,
                                                                     SessionLife life) const {
  return database_.read([id, now, life](Connection& connection) {
    return connection.first(
        "SELECT s.id, s.second_step, s.used_on, s.account_id, " BBGRANT_ACCOUNT_COLUMNS("a.")
        " FROM web_sessions s LEFT JOIN accounts a ON a.id = s.account_id "
        "WHERE s.hash = $1 AND s.used_on > $2 AND s.created_on > $3 AND "
        "(s.account_id IS NULL OR (a.active = 1 AND a.password_version = s.password_version))",
        {id, now - life.idle, now - life.absolute}, read_session);
  });
}

asio::awaitable<void> WebSessions::touch_session(WebSessionId session,
                                                 std::chrono::sys_seconds now) {
  auto work = [session, now](Connection& connection) {
    return connection.execute("UPDATE web_sessions SET used_on = $1 WHERE id = $2",
                              {now, number_of(session)});
  };
  co_await database_.write(std::move(work));
}

asio::awaitable<bool> WebSessions::renew_session(Hash old_id, Hash new_id,
                                                 std::optional<SignIn> sign_in,
                                                 std::chrono::sys_seconds now) {
  return database_.write([old_id, new_id, sign_in, now](Connection& connection) {
    if (!sign_in) {
      return connection.execute(
                 "UPDATE web_sessions SET hash = $1, account_id = NULL, password_version = 0, "
                 "second_step = 0, created_on = $2, used_on = $2 WHERE hash = $3",
                 {new_id, now, old_id}) == 1;
    }
    return connection.execute(
               "UPDATE web_sessions SET hash = $1, account_id = $4, password_version = $5, "
               "second_step = $6, created_on = $2, used_on = $2 WHERE hash = $3 AND EXISTS "
               "(SELECT 1 FROM accounts WHERE id = $4 AND active = 1 AND password_version = $5)",
               {new_id, now, old_id, sign_in->account, sign_in->password_version,
                sign_in->second_step}) == 1;
  });
}

asio::awaitable<std::size_t> WebSessions::prune_sessions(std::chrono::sys_seconds before,
                                                         std::size_t limit, std::size_t visitors) {
  return database_.write([before, limit = static_cast<std::int64_t>(limit),
                          visitors = static_cast<std::int64_t>(visitors)](Connection& connection) {
    std::int64_t removed = connection.execute(
        "DELETE FROM web_sessions WHERE id IN (SELECT id FROM web_sessions WHERE used_on < $1 "
        "ORDER BY used_on LIMIT $2)",
        {before, limit});
    removed += connection.execute(
        "DELETE FROM web_sessions WHERE id IN (SELECT id FROM web_sessions "
        "WHERE account_id IS NULL ORDER BY id DESC LIMIT $1 OFFSET $2)",
        {limit, visitors});
    return static_cast<std::size_t>(removed);
  });
}

asio::awaitable<bool> WebSessions::use_totp_step(AccountId account, std::int64_t step) {
  return database_.write([account, step](Connection& connection) {
    return connection.execute("UPDATE accounts SET totp_step = $1 WHERE id = $2 AND totp_step < $1",
                              {step, account}) == 1;
  });
}

}  // namespace bbgrant::store

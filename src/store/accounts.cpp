// SPDX-License-Identifier: MIT
#include "store/accounts.hpp"

#include <utility>

#include "store/account_columns.hpp"
#include "store/database.hpp"
#include "store/insert.hpp"

namespace bbgrant::store {

namespace asio = boost::asio;

namespace {

Email read_email(Reader row) {
  return {.address = row.next<std::string>(),
          .primary = row.next<bool>(),
          .confirmed = row.next<bool>()};
}

}  // namespace

Account read_account(Reader row) {
  return {.id = row.next<AccountId>(),
          .uuid = row.next<std::string>(),
          .account_id = row.next<std::string>(),
          .nickname = row.next<std::string>(),
          .display_name = row.next<std::string>(),
          .password_hash = row.next<std::string>(),
          .password_version = row.next<std::int64_t>(),
          .two_step = row.next<bool>(),
          .totp_secret_sealed = row.next<std::optional<Sealed>>(),
          .totp_step = row.next<std::int64_t>(),
          .active = row.next<bool>(),
          .demo = row.next<bool>(),
          .created_on = row.next<std::chrono::sys_seconds>()};
}

AccountId insert(Connection& connection, const NewAccount& added) {
  const Account& account = added.account;
  const auto id = connection.first(
      "INSERT INTO accounts (uuid, account_id, nickname, display_name, password_hash, "
      "password_version, two_step, totp_secret_sealed, active, demo, created_on) "
      "VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10) RETURNING id",
      {account.uuid, account.account_id, account.nickname, account.display_name,
       account.password_hash, account.two_step, account.totp_secret_sealed, account.active,
       account.demo, account.created_on},
      [](Reader row) { return row.next<AccountId>(); });
  for (const Email& email : added.emails) {
    connection.execute(
        "INSERT INTO emails (account_id, address, is_primary, confirmed) VALUES ($1, $2, $3, $4)",
        {id.value(), email.address, email.primary, email.confirmed});
  }
  return id.value();
}

asio::awaitable<std::optional<Account>> Accounts::find_account_by_login(
    std::string_view login) const {
  // A nickname holds no '@' and an address does, so at most one account answers.
  return database_.read([login = std::string{login}](Connection& connection) {
    return connection.first("SELECT " BBGRANT_ACCOUNT_COLUMNS("")
                            " FROM accounts WHERE id = (SELECT id FROM accounts "
                            "WHERE nickname = $1 UNION ALL SELECT account_id FROM emails "
                            "WHERE address = $1 AND confirmed = 1 LIMIT 1)",
                            {login}, read_account);
  });
}

asio::awaitable<std::optional<Account>> Accounts::find_account(AccountId id) const {
  return database_.read([id](Connection& connection) {
    return connection.first("SELECT " BBGRANT_ACCOUNT_COLUMNS("") " FROM accounts WHERE id = $1",
                            {id}, read_account);
  });
}

asio::awaitable<std::optional<Account>> Accounts::find_account_by_uuid(
    std::string_view uuid) const {
  return database_.read([uuid = std::string{uuid}](Connection& connection) {
    return connection.first("SELECT " BBGRANT_ACCOUNT_COLUMNS("") " FROM accounts WHERE uuid = $1",
                            {uuid}, read_account);
  });
}

asio::awaitable<Page<Account>> Accounts::list_accounts(PageRequest request) const {
  return database_.snapshot([request](Connection& connection) {
    return Page<Account>{
        .values = connection.all("SELECT " BBGRANT_ACCOUNT_COLUMNS(
                                     "") " FROM accounts ORDER BY nickname LIMIT $1 OFFSET $2",
                                 {request.pagelen, request.offset()}, read_account),
        .size = connection.number("SELECT count(*) FROM accounts")};
  });
}

asio::awaitable<std::vector<Email>> Accounts::emails_of(AccountId account) const {
  return database_.read([account](Connection& connection) {
    return connection.all(
        "SELECT address, is_primary, confirmed FROM emails WHERE account_id = $1 "
        "ORDER BY is_primary DESC, address",
        {account}, read_email);
  });
}

asio::awaitable<std::optional<AccountId>> Accounts::add_account(NewAccount account) {
  auto work = [account = std::move(account)](Connection& connection) {
    return insert(connection, account);
  };
  try {
    co_return co_await database_.write(std::move(work));
  } catch (const StoreError& error) {
    if (error.kind() != StoreError::Kind::kConflict) throw;
  }
  co_return std::nullopt;
}

asio::awaitable<bool> Accounts::set_password(AccountId account, std::string password_hash) {
  return database_.write([account, hash = std::move(password_hash)](Connection& connection) {
    return connection.execute(
               "UPDATE accounts SET password_hash = $1, password_version = password_version + 1 "
               "WHERE id = $2",
               {hash, account}) == 1;
  });
}

asio::awaitable<bool> Accounts::update_password_hash(AccountId account, std::string old_hash,
                                                     std::string new_hash) {
  return database_.write([account, old_hash = std::move(old_hash),
                          new_hash = std::move(new_hash)](Connection& connection) {
    return connection.execute(
               "UPDATE accounts SET password_hash = $1 WHERE id = $2 AND password_hash = $3",
               {new_hash, account, old_hash}) == 1;
  });
}

asio::awaitable<bool> Accounts::set_two_step(AccountId account, std::optional<Sealed> totp_secret) {
  return database_.write([account, secret = std::move(totp_secret)](Connection& connection) {
    const bool on = secret.has_value();
    return connection.execute(
               "UPDATE accounts SET two_step = $1, totp_secret_sealed = $2, totp_step = 0, "
               "password_version = password_version + $1 WHERE id = $3",
               {on, secret, account}) == 1;
  });
}

asio::awaitable<bool> Accounts::set_active(AccountId account, bool active) {
  return database_.write([account, active](Connection& connection) {
    return connection.execute(
               "UPDATE accounts SET active = $1, password_version = password_version + $2 "
               "WHERE id = $3",
               {active, !active, account}) == 1;
  });
}

asio::awaitable<bool> Accounts::change_account(AccountId account, AccountChange change) {
  return database_.write([account, change = std::move(change)](Connection& connection) {
    const bool kills_tokens = change.password_hash || change.totp_secret ||
                              change.two_step.value_or(false) || !change.active.value_or(true);
    const auto changed = connection.execute(
        "UPDATE accounts SET display_name = coalesce($1, display_name), "
        "password_hash = coalesce($2, password_hash), two_step = coalesce($3, two_step), "
        "totp_secret_sealed = CASE WHEN coalesce($3, two_step) = 0 THEN NULL "
        "ELSE coalesce($4, totp_secret_sealed) END, active = coalesce($5, active), "
        "password_version = password_version + $6 WHERE id = $7",
        {change.display_name, change.password_hash, change.two_step, change.totp_secret,
         change.active, kills_tokens, account});
    if (changed == 0) return false;
    if (!change.email) return true;
    if (connection.execute("UPDATE emails SET address = $1, confirmed = 1 "
                           "WHERE account_id = $2 AND is_primary = 1",
                           {*change.email, account}) == 0) {
      connection.execute(
          "INSERT INTO emails (account_id, address, is_primary, confirmed) VALUES ($1, $2, 1, 1)",
          {account, *change.email});
    }
    return true;
  });
}

asio::awaitable<bool> Accounts::remove_account(AccountId account) {
  return database_.write([account](Connection& connection) {
    return connection.execute("DELETE FROM accounts WHERE id = $1", {account}) == 1;
  });
}

}  // namespace bbgrant::store

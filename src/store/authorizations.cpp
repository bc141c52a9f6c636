// SPDX-License-Identifier: MIT
#include "store/authorizations.hpp"

#include <utility>
#include <variant>

#include "store/database.hpp"
#include "store/issue.hpp"

namespace bbgrant::store {

namespace asio = boost::asio;

namespace {

#define BBGRANT_REQUEST_COLUMNS                                                              \
  "consumer_key, response_type, redirect_uri, redirect_uri_sent, scopes, state, challenge, " \
  "expires_on, account_id"

Value number_of(WebSessionId id) { return static_cast<std::int64_t>(id); }

AuthorizationRequest read_request(Reader row) {
  return {.consumer_key = row.next<std::string>(),
          .response_type = row.next<std::string>(),
          .redirect_uri = row.next<std::string>(),
          .redirect_uri_sent = row.next<bool>(),
          .scopes = row.next<std::string>(),
          .state = row.next<std::optional<std::string>>(),
          .challenge = row.next<std::optional<std::string>>(),
          .expires_on = row.next<std::chrono::sys_seconds>(),
          .account = row.next<std::optional<AccountId>>()};
}

struct CodeRow {
  std::int64_t secret_version;
  std::int64_t password_version;
  std::string redirect_uri;
  bool redirect_uri_sent;
  std::optional<std::string> challenge;
  std::chrono::sys_seconds expires_on;
};

CodeRow read_code_row(Reader row) {
  return {.secret_version = row.next<std::int64_t>(),
          .password_version = row.next<std::int64_t>(),
          .redirect_uri = row.next<std::string>(),
          .redirect_uri_sent = row.next<bool>(),
          .challenge = row.next<std::optional<std::string>>(),
          .expires_on = row.next<std::chrono::sys_seconds>()};
}

// The code was not there to be spent: a second use revokes what the first gave (S20).
Spend judge_second_use(Connection& connection, const Hash& hash, const std::string& consumer_key) {
  const bool used = connection.number(
                        "SELECT count(*) FROM authorization_codes WHERE hash = $1 AND "
                        "consumer_key = $2",
                        {hash, consumer_key}) == 1;
  if (!used) return Spend::kUnknown;
  connection.execute(
      "UPDATE token_families SET revoked = 1 WHERE id = "
      "(SELECT family_id FROM authorization_codes WHERE hash = $1)",
      {hash});
  return Spend::kUsed;
}

Spend spend(Connection& connection, const ShownCode& shown, const NewTokens& tokens) {
  const auto code = connection.first(
      "UPDATE authorization_codes SET spent_on = $1 WHERE hash = $2 AND consumer_key = $3 AND "
      "spent_on IS NULL "
      "RETURNING secret_version, password_version, redirect_uri, redirect_uri_sent, challenge, "
      "expires_on",
      {shown.now, shown.hash, tokens.consumer_key}, read_code_row);
  if (!code) return judge_second_use(connection, shown.hash, tokens.consumer_key);
  if (code->expires_on <= shown.now) return Spend::kExpired;
  const bool same_uri =
      shown.redirect_uri ? *shown.redirect_uri == code->redirect_uri : !code->redirect_uri_sent;
  if (!same_uri) return Spend::kWrongRedirectUri;
  if (code->challenge != shown.challenge) return Spend::kWrongVerifier;
  if (code->secret_version != tokens.secret_version ||
      code->password_version != tokens.password_version) {
    return Spend::kChanged;
  }
  const auto issued = issue_family(connection, tokens);
  const auto* family = std::get_if<std::int64_t>(&issued);
  if (family == nullptr) return Spend::kChanged;
  connection.execute("UPDATE authorization_codes SET family_id = $1 WHERE hash = $2",
                     {*family, shown.hash});
  return Spend::kIssued;
}

}  // namespace

asio::awaitable<void> Authorizations::add_authorization_request(Hash ticket, WebSessionId session,
                                                                AuthorizationRequest request) {
  auto work = [ticket, session, request = std::move(request)](Connection& connection) {
    return connection.execute(
        "INSERT INTO authorization_requests (hash, session_id, " BBGRANT_REQUEST_COLUMNS
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        {ticket, number_of(session), request.consumer_key, request.response_type,
         request.redirect_uri, request.redirect_uri_sent, request.scopes, request.state,
         request.challenge, request.expires_on, request.account});
  };
  co_await database_.write(std::move(work));
}

asio::awaitable<std::optional<AuthorizationRequest>> Authorizations::find_authorization_request(
    Hash ticket, WebSessionId session, std::chrono::sys_seconds now) const {
  return database_.read([ticket, session, now](Connection& connection) {
    return connection.first("SELECT " BBGRANT_REQUEST_COLUMNS
                            " FROM authorization_requests WHERE hash = $1 AND session_id = $2 AND "
                            "expires_on > $3",
                            {ticket, number_of(session), now}, read_request);
  });
}

asio::awaitable<void> Authorizations::show_authorization_request(Hash ticket, AccountId account) {
  auto work = [ticket, account](Connection& connection) {
    return connection.execute("UPDATE authorization_requests SET account_id = $1 WHERE hash = $2",
                              {account, ticket});
  };
  co_await database_.write(std::move(work));
}

asio::awaitable<std::optional<AuthorizationRequest>> Authorizations::take_authorization_request(
    Hash ticket, WebSessionId session, AccountId account, std::chrono::sys_seconds now) {
  return database_.write([ticket, session, account, now](Connection& connection) {
    return connection.first(
        "DELETE FROM authorization_requests WHERE hash = $1 AND session_id = $2 AND "
        "account_id = $3 AND expires_on > $4 RETURNING " BBGRANT_REQUEST_COLUMNS,
        {ticket, number_of(session), account, now}, read_request);
  });
}

asio::awaitable<void> Authorizations::add_code(NewCode code) {
  auto work = [code = std::move(code)](Connection& connection) {
    return connection.execute(
        "INSERT INTO authorization_codes (hash, consumer_key, secret_version, account_id, "
        "password_version, redirect_uri, redirect_uri_sent, scopes, challenge, expires_on) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        {code.hash, code.consumer_key, code.secret_version, code.account, code.password_version,
         code.redirect_uri, code.redirect_uri_sent, code.scopes, code.challenge, code.expires_on});
  };
  co_await database_.write(std::move(work));
}

asio::awaitable<std::optional<AuthorizationCode>> Authorizations::find_code(
    Hash hash, std::string_view consumer_key) const {
  return database_.read([hash, key = std::string{consumer_key}](Connection& connection) {
    return connection.first(
        "SELECT account_id, password_version, scopes FROM authorization_codes "
        "WHERE hash = $1 AND consumer_key = $2",
        {hash, key}, [](Reader row) {
          return AuthorizationCode{.account = row.next<AccountId>(),
                                   .password_version = row.next<std::int64_t>(),
                                   .scopes = row.next<std::string>()};
        });
  });
}

asio::awaitable<Spend> Authorizations::spend_code(ShownCode shown, NewTokens tokens) {
  return database_.write([shown = std::move(shown), tokens = std::move(tokens)](
                             Connection& connection) { return spend(connection, shown, tokens); });
}

asio::awaitable<std::size_t> Authorizations::prune_authorizations(std::chrono::sys_seconds before,
                                                                  std::size_t limit) {
  return database_.write([before, most = static_cast<std::int64_t>(limit)](Connection& connection) {
    std::int64_t removed = connection.execute(
        "DELETE FROM authorization_requests WHERE hash IN (SELECT hash FROM "
        "authorization_requests WHERE expires_on < $1 ORDER BY expires_on LIMIT $2)",
        {before, most});
    removed += connection.execute(
        "DELETE FROM authorization_codes WHERE hash IN (SELECT hash FROM "
        "authorization_codes WHERE expires_on < $1 ORDER BY expires_on LIMIT $2)",
        {before, most});
    return static_cast<std::size_t>(removed);
  });
}

}  // namespace bbgrant::store

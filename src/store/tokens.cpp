// SPDX-License-Identifier: MIT
#include "store/tokens.hpp"

#include <utility>

#include "store/database.hpp"
#include "store/issue.hpp"

namespace bbgrant::store {

namespace asio = boost::asio;

namespace {

// A family `f` lives: see token_families in the schema. In terms of its consumer `c` and, where it
// has one, its account `a`. S31.
#define BBGRANT_FAMILY_LIVES                                   \
  "f.revoked = 0 AND f.secret_version = c.secret_version AND " \
  "(f.account_id IS NULL OR (a.active = 1 AND f.password_version = a.password_version))"

std::optional<TokenAccount> read_account(Reader& row) {
  const auto id = row.next<std::optional<AccountId>>();
  TokenAccount account{.id = id.value_or(AccountId{}),
                       .uuid = row.next<std::string>(),
                       .nickname = row.next<std::string>()};
  return id ? std::optional{std::move(account)} : std::nullopt;
}

AccessToken read_access_token(Reader row) {
  return {.scopes = row.next<std::string>(),
          .issued_on = row.next<std::chrono::sys_seconds>(),
          .expires_at = row.next<std::chrono::sys_seconds>(),
          .revoked = row.next<bool>(),
          .account = read_account(row),
          .consumer_key = row.next<std::string>(),
          .profile = row.next<std::string>()};
}

RefreshToken read_refresh_token(Reader row) {
  return {.scopes = row.next<std::string>(),
          .issued_on = row.next<std::chrono::sys_seconds>(),
          .expires_at = row.next<std::optional<std::chrono::sys_seconds>>(),
          .revoked = row.next<bool>(),
          .grant = row.next<std::string>(),
          .account = read_account(row)};
}

// From a refresh token `r` to its consumer `c` and its account `a`.
#define BBGRANT_FROM_REFRESH_TOKENS                      \
  "FROM refresh_tokens r "                               \
  "JOIN token_families f ON f.id = r.family_id "         \
  "JOIN consumers c ON c.consumer_key = f.consumer_key " \
  "LEFT JOIN accounts a ON a.id = f.account_id "

Refresh why_not(Connection& connection, const RefreshedToken& token) {
  const auto owner = connection.first(
      "SELECT f.consumer_key FROM refresh_tokens r JOIN token_families f ON f.id = r.family_id "
      "WHERE r.hash = $1",
      {token.refresh_hash}, [](Reader row) { return row.next<std::string>(); });
  if (!owner) return Refresh::kUnknown;
  return *owner == token.consumer_key ? Refresh::kDead : Refresh::kOtherConsumer;
}

Refresh refresh(Connection& connection, const RefreshedToken& token) {
  const auto issued = connection.execute(
      "INSERT INTO access_tokens (hash, family_id, scopes, issued_on, expires_on) "
      "SELECT $1, f.id, $2, $3, $4 " BBGRANT_FROM_REFRESH_TOKENS
      "WHERE r.hash = $5 AND f.consumer_key = $6 AND c.secret_version = $7 AND "
      "r.spent_on IS NULL AND (r.expires_on IS NULL OR r.expires_on > $3) "
      "AND " BBGRANT_FAMILY_LIVES,
      {token.access_hash, token.scopes, token.now, token.access_expires, token.refresh_hash,
       token.consumer_key, token.secret_version});
  if (issued != 1) return why_not(connection, token);
  if (token.refresh_expires) {
    connection.execute("UPDATE refresh_tokens SET expires_on = $1 WHERE hash = $2",
                       {token.refresh_expires, token.refresh_hash});
  }
  return Refresh::kIssued;
}

void add_access_token(Connection& connection, const RefreshedToken& token) {
  connection.execute(
      "INSERT INTO access_tokens (hash, family_id, scopes, issued_on, expires_on) "
      "SELECT $1, family_id, $2, $3, $4 FROM refresh_tokens WHERE hash = $5",
      {token.access_hash, token.scopes, token.now, token.access_expires, token.refresh_hash});
}

Rotation rotate(Connection& connection, const RotatedToken& token) {
  const RefreshedToken& refreshed = token.refreshed;
  // The update itself asks whether the token may still be spent: one of many at once does it.
  if (connection.execute(
          "UPDATE refresh_tokens SET spent_on = $1, retry_until = $2, successor_sealed = $3, "
          // Three months of 30 days: long enough to notice that it was stolen (S27).
          "expires_on = coalesce(expires_on, $1 + 7776000) "
          "WHERE hash = $4 AND spent_on IS NULL AND (expires_on IS NULL OR expires_on > $1) AND "
          "EXISTS (SELECT 1 FROM token_families f "
          "JOIN consumers c ON c.consumer_key = f.consumer_key "
          "LEFT JOIN accounts a ON a.id = f.account_id WHERE f.id = refresh_tokens.family_id AND "
          "f.consumer_key = $5 AND c.secret_version = $6 AND " BBGRANT_FAMILY_LIVES ")",
          {refreshed.now, token.retry_until, token.successor_sealed, refreshed.refresh_hash,
           refreshed.consumer_key, refreshed.secret_version}) == 1) {
    connection.execute(
        "INSERT INTO refresh_tokens (hash, family_id, scopes, issued_on, expires_on) "
        "SELECT $1, family_id, scopes, $2, $3 FROM refresh_tokens WHERE hash = $4",
        {token.successor_hash, refreshed.now, refreshed.refresh_expires, refreshed.refresh_hash});
    add_access_token(connection, refreshed);
    return {Refresh::kIssued};
  }
  auto earlier = connection.first(
      "SELECT r.successor_sealed " BBGRANT_FROM_REFRESH_TOKENS
      "WHERE r.hash = $1 AND r.retry_until > $2 AND r.successor_sealed IS NOT NULL AND "
      "f.consumer_key = $3 AND c.secret_version = $4 AND " BBGRANT_FAMILY_LIVES,
      {refreshed.refresh_hash, refreshed.now, refreshed.consumer_key, refreshed.secret_version},
      [](Reader row) { return row.next<Sealed>(); });
  if (earlier) {
    add_access_token(connection, refreshed);
    return {Refresh::kIssued, std::move(earlier)};
  }
  if (connection.execute(
          "UPDATE token_families SET revoked = 1 WHERE consumer_key = $1 AND revoked = 0 AND id = "
          "(SELECT family_id FROM refresh_tokens WHERE hash = $2 AND spent_on IS NOT NULL)",
          {refreshed.consumer_key, refreshed.refresh_hash}) == 1) {
    return {Refresh::kReused};
  }
  return {why_not(connection, refreshed)};
}

Revocation revoke(Connection& connection, const Hash& hash, const std::string& consumer_key) {
  // RFC 7009 section 2.1: whichever kind it is, and whatever the hint said.
  if (connection.execute("UPDATE access_tokens SET revoked = 1 WHERE hash = $1 AND "
                         "(SELECT consumer_key FROM token_families WHERE id = family_id) = $2",
                         {hash, consumer_key}) == 1) {
    return Revocation::kRevoked;
  }
  if (connection.execute("UPDATE token_families SET revoked = 1 WHERE id = "
                         "(SELECT family_id FROM refresh_tokens WHERE hash = $1) "
                         "AND consumer_key = $2",
                         {hash, consumer_key}) == 1) {
    return Revocation::kRevoked;
  }
  const bool known = connection.number(
                         "SELECT (SELECT count(*) FROM access_tokens WHERE hash = $1) + "
                         "(SELECT count(*) FROM refresh_tokens WHERE hash = $1)",
                         {hash}) != 0;
  return known ? Revocation::kOtherConsumer : Revocation::kUnknown;
}

// Looks at some families after `next`, in their order, and removes the dead ones and the empty ones
// with their tokens. A bounded step, however many families there are.
std::int64_t prune_families(Connection& connection, std::int64_t& next,
                            std::chrono::sys_seconds before, std::int64_t limit) {
  const std::int64_t first = next;
  const auto last = connection.first(
      "SELECT max(id), count(*) FROM (SELECT id FROM token_families WHERE id > $1 "
      "ORDER BY id LIMIT $2) AS turn",
      {first, limit},
      [](Reader row) { return std::pair{row.next<std::int64_t>(), row.next<std::int64_t>()}; });
  if (!last || last->second == 0) {
    next = 0;
    return 0;
  }
  next = last->second < limit ? 0 : last->first;
  return connection.execute(
      "DELETE FROM token_families WHERE id IN (SELECT f.id FROM token_families f "
      "JOIN consumers c ON c.consumer_key = f.consumer_key "
      "LEFT JOIN accounts a ON a.id = f.account_id "
      "WHERE f.id > $1 AND f.id <= $2 AND f.created_on < $3 AND (NOT (" BBGRANT_FAMILY_LIVES
      ") OR NOT (EXISTS (SELECT 1 FROM access_tokens t WHERE t.family_id = f.id) OR "
      "EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.family_id = f.id))))",
      {first, last->first, before});
}

}  // namespace

std::variant<std::int64_t, Issue> issue_family(Connection& connection, const NewTokens& tokens) {
  // The insert itself asks whether consumer and account are what they were: nothing can come
  // between.
  const auto family = connection.first(
      "INSERT INTO token_families (consumer_key, secret_version, account_id, password_version, "
      "grant_name, created_on) "
      "SELECT c.consumer_key, c.secret_version, a.id, coalesce(a.password_version, 0), $5, $6 "
      "FROM consumers c LEFT JOIN accounts a ON a.id = $3 "
      "WHERE c.consumer_key = $1 AND c.secret_version = $2 AND "
      "($3 IS NULL OR (a.active = 1 AND a.password_version = $4)) RETURNING id",
      {tokens.consumer_key, tokens.secret_version, tokens.account, tokens.password_version,
       tokens.grant, tokens.issued_on},
      [](Reader row) { return row.next<std::int64_t>(); });
  if (!family) {
    const bool consumer_is_same =
        connection.number(
            "SELECT count(*) FROM consumers WHERE consumer_key = $1 AND secret_version = $2",
            {tokens.consumer_key, tokens.secret_version}) == 1;
    return consumer_is_same ? Issue::kAccountChanged : Issue::kConsumerChanged;
  }
  connection.execute(
      "INSERT INTO access_tokens (hash, family_id, scopes, issued_on, expires_on) "
      "VALUES ($1, $2, $3, $4, $5)",
      {tokens.access_hash, *family, tokens.scopes, tokens.issued_on, tokens.access_expires});
  if (tokens.refresh_hash) {
    connection.execute(
        "INSERT INTO refresh_tokens (hash, family_id, scopes, issued_on, expires_on) "
        "VALUES ($1, $2, $3, $4, $5)",
        {*tokens.refresh_hash, *family, tokens.scopes, tokens.issued_on, tokens.refresh_expires});
  }
  return *family;
}

asio::awaitable<Issue> Tokens::issue_tokens(NewTokens tokens) {
  return database_.write([tokens = std::move(tokens)](Connection& connection) {
    const auto issued = issue_family(connection, tokens);
    const auto* why = std::get_if<Issue>(&issued);
    return why == nullptr ? Issue::kIssued : *why;
  });
}

asio::awaitable<std::optional<AccessToken>> Tokens::find_access_token(Hash hash) const {
  return database_.read([hash](Connection& connection) {
    return connection.first(
        "SELECT t.scopes, t.issued_on, t.expires_on, "
        "CASE WHEN t.revoked = 0 AND " BBGRANT_FAMILY_LIVES
        " THEN 0 ELSE 1 END, a.id, a.uuid, a.nickname, c.consumer_key, c.profile "
        "FROM access_tokens t JOIN token_families f ON f.id = t.family_id "
        "JOIN consumers c ON c.consumer_key = f.consumer_key "
        "LEFT JOIN accounts a ON a.id = f.account_id WHERE t.hash = $1",
        {hash}, read_access_token);
  });
}

asio::awaitable<std::optional<RefreshToken>> Tokens::find_refresh_token(
    Hash hash, std::string_view consumer_key) const {
  return database_.read([hash, key = std::string{consumer_key}](Connection& connection) {
    return connection.first(
        "SELECT r.scopes, r.issued_on, r.expires_on, "
        "CASE WHEN r.spent_on IS NULL AND " BBGRANT_FAMILY_LIVES
        " THEN 0 ELSE 1 END, f.grant_name, a.id, a.uuid, a.nickname " BBGRANT_FROM_REFRESH_TOKENS
        "WHERE r.hash = $1 AND f.consumer_key = $2",
        {hash, key}, read_refresh_token);
  });
}

asio::awaitable<Refresh> Tokens::issue_from_refresh(RefreshedToken token) {
  return database_.write(
      [token = std::move(token)](Connection& connection) { return refresh(connection, token); });
}

asio::awaitable<Rotation> Tokens::rotate_refresh_token(RotatedToken token) {
  return database_.write(
      [token = std::move(token)](Connection& connection) { return rotate(connection, token); });
}

asio::awaitable<std::size_t> Tokens::erase_successors(std::chrono::sys_seconds now) {
  return database_.write([now](Connection& connection) {
    return static_cast<std::size_t>(
        connection.execute("UPDATE refresh_tokens SET successor_sealed = NULL "
                           "WHERE successor_sealed IS NOT NULL AND retry_until <= $1",
                           {now}));
  });
}

asio::awaitable<Revocation> Tokens::revoke_token(Hash hash, std::string_view consumer_key) {
  return database_.write([hash, key = std::string{consumer_key}](Connection& connection) {
    return revoke(connection, hash, key);
  });
}

asio::awaitable<bool> Tokens::revoke_token(Hash hash) {
  return database_.write([hash](Connection& connection) {
    const auto owner = connection.first(
        "SELECT consumer_key FROM token_families WHERE id = coalesce("
        "(SELECT family_id FROM access_tokens WHERE hash = $1), "
        "(SELECT family_id FROM refresh_tokens WHERE hash = $1))",
        {hash}, [](Reader row) { return row.next<std::string>(); });
    return owner && revoke(connection, hash, *owner) == Revocation::kRevoked;
  });
}

asio::awaitable<bool> Tokens::expire_token(Hash hash, std::chrono::sys_seconds at) {
  return database_.write([hash, at](Connection& connection) {
    return connection.execute("UPDATE access_tokens SET expires_on = $2 WHERE hash = $1",
                              {hash, at}) +
               connection.execute("UPDATE refresh_tokens SET expires_on = $2 WHERE hash = $1",
                                  {hash, at}) >
           0;
  });
}

asio::awaitable<std::size_t> Tokens::prune_expired(std::chrono::sys_seconds before,
                                                   std::size_t limit) {
  return database_.write([before, most = static_cast<std::int64_t>(limit),
                          next = next_family_](Connection& connection) {
    std::int64_t removed = connection.execute(
        "DELETE FROM access_tokens WHERE hash IN (SELECT hash FROM access_tokens "
        "WHERE expires_on < $1 ORDER BY expires_on LIMIT $2)",
        {before, most});
    removed += connection.execute(
        "DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens "
        "WHERE expires_on < $1 ORDER BY expires_on LIMIT $2)",
        {before, most});
    removed += prune_families(connection, *next, before, most);
    return static_cast<std::size_t>(removed);
  });
}

}  // namespace bbgrant::store

// SPDX-License-Identifier: MIT
#include "store/schema.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "store/database.hpp"

namespace bbgrant::store {
namespace {

// Each entry is one version; the first makes version 1. An entry that was released never changes:
// a change is a new entry at the end.
//
// Words in braces, and the type TEXT, are the driver's (Dialect). All times are seconds of UTC.
// Truth is 0 or 1. Unique and foreign key rules stand here and not in the program (S95).
constexpr std::array kMigrations = {std::string_view{R"sql(
CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) {table_end};

CREATE TABLE accounts (
  id {identity},
  uuid TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL UNIQUE,
  nickname TEXT NOT NULL UNIQUE CHECK (nickname <> '' AND nickname NOT LIKE '%@%'),
  display_name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  password_version {integer} NOT NULL,
  two_step {integer} NOT NULL CHECK (two_step IN (0, 1)),
  totp_secret_sealed {bytes},
  totp_step {integer} NOT NULL DEFAULT 0,
  active {integer} NOT NULL CHECK (active IN (0, 1)),
  demo {integer} NOT NULL CHECK (demo IN (0, 1)),
  created_on {integer} NOT NULL
) {table_end};

CREATE TABLE emails (
  account_id {integer} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  address TEXT NOT NULL CHECK (address LIKE '%@%'),
  is_primary {integer} NOT NULL CHECK (is_primary IN (0, 1)),
  confirmed {integer} NOT NULL CHECK (confirmed IN (0, 1)),
  PRIMARY KEY (account_id, address)
) {keyed_end};
CREATE UNIQUE INDEX emails_confirmed ON emails (address) WHERE confirmed = 1;
CREATE UNIQUE INDEX emails_primary ON emails (account_id) WHERE is_primary = 1;

CREATE TABLE workspaces (
  uuid TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  is_private {integer} NOT NULL CHECK (is_private IN (0, 1)),
  created_on {integer} NOT NULL
) {table_end};

CREATE TABLE memberships (
  workspace_uuid TEXT NOT NULL REFERENCES workspaces (uuid) ON DELETE CASCADE,
  account_id {integer} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  permission TEXT NOT NULL CHECK (permission IN ('owner', 'collaborator', 'member')),
  PRIMARY KEY (account_id, workspace_uuid)
) {keyed_end};
CREATE INDEX memberships_workspace ON memberships (workspace_uuid);

CREATE TABLE projects (
  uuid TEXT NOT NULL PRIMARY KEY,
  workspace_uuid TEXT NOT NULL REFERENCES workspaces (uuid) ON DELETE CASCADE,
  project_key TEXT NOT NULL,
  name TEXT NOT NULL,
  is_private {integer} NOT NULL CHECK (is_private IN (0, 1)),
  created_on {integer} NOT NULL,
  UNIQUE (workspace_uuid, project_key),
  UNIQUE (uuid, workspace_uuid)
) {table_end};

CREATE TABLE repositories (
  uuid TEXT NOT NULL PRIMARY KEY,
  workspace_uuid TEXT NOT NULL REFERENCES workspaces (uuid) ON DELETE CASCADE,
  project_uuid TEXT NOT NULL,
  slug TEXT NOT NULL,
  full_name TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  is_private {integer} NOT NULL CHECK (is_private IN (0, 1)),
  language TEXT NOT NULL,
  size {integer} NOT NULL CHECK (size >= 0),
  has_issues {integer} NOT NULL CHECK (has_issues IN (0, 1)),
  has_wiki {integer} NOT NULL CHECK (has_wiki IN (0, 1)),
  fork_policy TEXT NOT NULL,
  mainbranch TEXT NOT NULL,
  created_on {integer} NOT NULL,
  updated_on {integer} NOT NULL,
  UNIQUE (workspace_uuid, slug),
  FOREIGN KEY (project_uuid, workspace_uuid) REFERENCES projects (uuid, workspace_uuid)
    ON DELETE CASCADE
) {table_end};
CREATE INDEX repositories_project ON repositories (project_uuid, workspace_uuid);

CREATE TABLE repository_permissions (
  repository_uuid TEXT NOT NULL REFERENCES repositories (uuid) ON DELETE CASCADE,
  account_id {integer} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  permission TEXT NOT NULL CHECK (permission IN ('read', 'write', 'admin')),
  PRIMARY KEY (account_id, repository_uuid)
) {keyed_end};
CREATE INDEX repository_permissions_repository ON repository_permissions (repository_uuid);

CREATE TABLE consumers (
  consumer_key TEXT NOT NULL PRIMARY KEY,
  secret_hash {bytes} NOT NULL CHECK (length(secret_hash) = 32),
  secret_sealed {bytes} NOT NULL,
  secret_version {integer} NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  url TEXT NOT NULL,
  callback_url TEXT NOT NULL,
  is_private {integer} NOT NULL CHECK (is_private IN (0, 1)),
  permissions TEXT NOT NULL,
  workspace_uuid TEXT NOT NULL REFERENCES workspaces (uuid) ON DELETE CASCADE,
  owner_id {integer} REFERENCES accounts (id) ON DELETE SET NULL,
  profile TEXT NOT NULL,
  grants TEXT,
  rotation {integer} CHECK (rotation IN (0, 1)),
  require_pkce {integer} NOT NULL CHECK (require_pkce IN (0, 1)),
  access_token_ttl {integer} CHECK (access_token_ttl > 0),
  demo {integer} NOT NULL CHECK (demo IN (0, 1)),
  created_on {integer} NOT NULL
) {table_end};
CREATE INDEX consumers_workspace ON consumers (workspace_uuid);
CREATE INDEX consumers_owner ON consumers (owner_id);

-- What one authorization gave. It lives while it is not revoked, its account (where it has one) is
-- active, and both versions are still those of account and consumer: one changed row kills them
-- all, whatever their number (S31).
CREATE TABLE token_families (
  id {identity},
  consumer_key TEXT NOT NULL REFERENCES consumers (consumer_key) ON DELETE CASCADE,
  secret_version {integer} NOT NULL,
  account_id {integer} REFERENCES accounts (id) ON DELETE CASCADE,
  password_version {integer} NOT NULL,
  grant_name TEXT NOT NULL,
  created_on {integer} NOT NULL,
  revoked {integer} NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
) {table_end};
CREATE INDEX token_families_consumer ON token_families (consumer_key);
CREATE INDEX token_families_account ON token_families (account_id);

CREATE TABLE access_tokens (
  hash {bytes} NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  family_id {integer} NOT NULL REFERENCES token_families (id) ON DELETE CASCADE,
  scopes TEXT NOT NULL,
  issued_on {integer} NOT NULL,
  expires_on {integer} NOT NULL,
  revoked {integer} NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
) {keyed_end};
CREATE INDEX access_tokens_family ON access_tokens (family_id);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_on);

CREATE TABLE refresh_tokens (
  hash {bytes} NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  family_id {integer} NOT NULL REFERENCES token_families (id) ON DELETE CASCADE,
  scopes TEXT NOT NULL,
  issued_on {integer} NOT NULL,
  expires_on {integer},
  -- Set when a successor took its place. Until retry_until the successor is given again; sealed, and
  -- erased afterwards (S27).
  spent_on {integer},
  retry_until {integer},
  successor_sealed {bytes}
) {keyed_end};
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_on) WHERE expires_on IS NOT NULL;
CREATE INDEX refresh_tokens_retry ON refresh_tokens (retry_until)
  WHERE successor_sealed IS NOT NULL;

-- A browser at the pages: a visitor, somebody whose second step is awaited, or somebody who has
-- signed in. Known by the hash of its cookie.
CREATE TABLE web_sessions (
  id {identity},
  hash {bytes} NOT NULL UNIQUE CHECK (length(hash) = 32),
  account_id {integer} REFERENCES accounts (id) ON DELETE CASCADE,
  password_version {integer} NOT NULL,
  second_step {integer} NOT NULL CHECK (second_step IN (0, 1)),
  created_on {integer} NOT NULL,
  used_on {integer} NOT NULL
) {table_end};
CREATE INDEX web_sessions_account ON web_sessions (account_id);
CREATE INDEX web_sessions_used ON web_sessions (used_on);

-- What a consent page shows, held here until it is answered (S74).
CREATE TABLE authorization_requests (
  hash {bytes} NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  session_id {integer} NOT NULL REFERENCES web_sessions (id) ON DELETE CASCADE,
  account_id {integer} REFERENCES accounts (id) ON DELETE CASCADE,
  consumer_key TEXT NOT NULL REFERENCES consumers (consumer_key) ON DELETE CASCADE,
  response_type TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  redirect_uri_sent {integer} NOT NULL CHECK (redirect_uri_sent IN (0, 1)),
  scopes TEXT NOT NULL,
  state TEXT,
  challenge TEXT,
  expires_on {integer} NOT NULL
) {keyed_end};
CREATE INDEX authorization_requests_session ON authorization_requests (session_id);
CREATE INDEX authorization_requests_account ON authorization_requests (account_id);
CREATE INDEX authorization_requests_consumer ON authorization_requests (consumer_key);
CREATE INDEX authorization_requests_expiry ON authorization_requests (expires_on);

-- Kept for a while after it was spent, so that a second use revokes what the first gave (S20).
CREATE TABLE authorization_codes (
  hash {bytes} NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  consumer_key TEXT NOT NULL REFERENCES consumers (consumer_key) ON DELETE CASCADE,
  secret_version {integer} NOT NULL,
  account_id {integer} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  password_version {integer} NOT NULL,
  redirect_uri TEXT NOT NULL,
  redirect_uri_sent {integer} NOT NULL CHECK (redirect_uri_sent IN (0, 1)),
  scopes TEXT NOT NULL,
  challenge TEXT,
  expires_on {integer} NOT NULL,
  spent_on {integer},
  family_id {integer} REFERENCES token_families (id) ON DELETE SET NULL
) {keyed_end};
CREATE INDEX authorization_codes_consumer ON authorization_codes (consumer_key);
CREATE INDEX authorization_codes_account ON authorization_codes (account_id);
CREATE INDEX authorization_codes_family ON authorization_codes (family_id);
CREATE INDEX authorization_codes_expiry ON authorization_codes (expires_on);

CREATE TABLE throttle_counters (
  kind TEXT NOT NULL,
  counter_key {bytes} NOT NULL,
  thousandths {integer} NOT NULL,
  last_failure {integer} NOT NULL,
  PRIMARY KEY (kind, counter_key)
) {keyed_end};
CREATE INDEX throttle_counters_last ON throttle_counters (last_failure, kind);
)sql"}};

std::string in_words_of(const Dialect& dialect, std::string_view text) {
  const std::array<std::pair<std::string_view, std::string_view>, 6> words = {
      {{"{identity}", dialect.identity},
       {"{integer}", dialect.integer},
       {"{bytes}", dialect.bytes},
       {" TEXT", dialect.text},
       {"{table_end}", dialect.table_end},
       {"{keyed_end}", dialect.keyed_end}}};
  std::string result{text};
  for (const auto& [word, meaning] : words) {
    for (auto at = result.find(word); at != std::string::npos; at = result.find(word, at)) {
      result.replace(at, word.size(), meaning);
      at += meaning.size();
    }
  }
  return result;
}

}  // namespace

std::int64_t newest_schema() noexcept { return std::int64_t{kMigrations.size()}; }

void migrate(Connection& connection) {
  connection.lock_schema();
  connection.script("CREATE TABLE IF NOT EXISTS schema_version (version " +
                    std::string{connection.dialect().integer} + " NOT NULL)");
  const std::int64_t version =
      connection.number("SELECT coalesce(max(version), 0) FROM schema_version");
  if (version > newest_schema()) {
    throw StoreError{StoreError::Kind::kNewerSchema,
                     "the store has schema " + std::to_string(version) +
                         ", this program knows schemas up to " + std::to_string(newest_schema()) +
                         ": use the newer program that wrote it"};
  }
  for (auto next = version; next < newest_schema(); ++next) {
    connection.script(
        in_words_of(connection.dialect(), kMigrations[static_cast<std::size_t>(next)]));
    connection.execute("DELETE FROM schema_version", {});
    connection.execute("INSERT INTO schema_version (version) VALUES ($1)", {Value{next + 1}});
  }
}

}  // namespace bbgrant::store

// SPDX-License-Identifier: MIT
#include "store/seed.hpp"

#include "store/insert.hpp"

namespace bbgrant::store {
namespace {

std::string text(Reader row) { return row.next<std::string>(); }
AccountId account_id(Reader row) { return row.next<AccountId>(); }

}  // namespace

AccountId Seeder::add(const NewAccount& account) { return insert(connection_, account); }
void Seeder::add(const Workspace& workspace) { insert(connection_, workspace); }
void Seeder::add(const Membership& membership) { insert(connection_, membership); }
void Seeder::add(const Project& project) { insert(connection_, project); }
void Seeder::add(const Repository& repository) { insert(connection_, repository); }
void Seeder::add(const RepositoryAccess& access) { insert(connection_, access); }
void Seeder::add(const Consumer& consumer) { insert(connection_, consumer); }

std::optional<AccountId> Seeder::find_account(std::string_view nickname) {
  return connection_.first("SELECT id FROM accounts WHERE nickname = $1", {nickname}, account_id);
}

std::optional<std::string> Seeder::find_workspace(std::string_view slug) {
  return connection_.first("SELECT uuid FROM workspaces WHERE slug = $1", {slug}, text);
}

std::optional<std::string> Seeder::find_project(std::string_view workspace_uuid,
                                                std::string_view key) {
  return connection_.first(
      "SELECT uuid FROM projects WHERE workspace_uuid = $1 AND project_key = $2",
      {workspace_uuid, key}, text);
}

std::optional<std::string> Seeder::find_repository(std::string_view full_name) {
  return connection_.first("SELECT uuid FROM repositories WHERE full_name = $1", {full_name}, text);
}

std::optional<AccountId> Seeder::owner_of(std::string_view workspace_uuid) {
  return connection_.first(
      "SELECT account_id FROM memberships WHERE workspace_uuid = $1 AND permission = 'owner' "
      "ORDER BY account_id LIMIT 1",
      {workspace_uuid}, account_id);
}

}  // namespace bbgrant::store

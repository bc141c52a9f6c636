// SPDX-License-Identifier: MIT
#include "store/bitbucket.hpp"

#include <array>
#include <utility>

#include "store/database.hpp"
#include "store/insert.hpp"

namespace bbgrant::store {

namespace asio = boost::asio;

namespace {

template <class Permission>
Permission read_permission(Reader& row, std::initializer_list<Permission> all) {
  const auto word = row.next<std::string>();
  for (const Permission permission : all) {
    if (word == name_of(permission)) return permission;
  }
  // The schema allows no other word.
  throw StoreError{StoreError::Kind::kCorrupt, "the store holds an unknown permission"};
}

WorkspacePermission read_workspace_permission(Reader& row) {
  return read_permission(row, {WorkspacePermission::kOwner, WorkspacePermission::kCollaborator,
                               WorkspacePermission::kMember});
}

Workspace read_workspace(Reader& row) {
  return {.uuid = row.next<std::string>(),
          .slug = row.next<std::string>(),
          .name = row.next<std::string>(),
          .is_private = row.next<bool>(),
          .created_on = row.next<std::chrono::sys_seconds>()};
}

Repository read_repository(Reader row) {
  return {.uuid = row.next<std::string>(),
          .slug = row.next<std::string>(),
          .full_name = row.next<std::string>(),
          .name = row.next<std::string>(),
          .description = row.next<std::string>(),
          .is_private = row.next<bool>(),
          .language = row.next<std::string>(),
          .size = row.next<std::int64_t>(),
          .has_issues = row.next<bool>(),
          .has_wiki = row.next<bool>(),
          .fork_policy = row.next<std::string>(),
          .mainbranch = row.next<std::string>(),
          .project_uuid = row.next<std::string>(),
          .workspace_uuid = row.next<std::string>(),
          .created_on = row.next<std::chrono::sys_seconds>(),
          .updated_on = row.next<std::chrono::sys_seconds>(),
          .parents = {.project_key = row.next<std::string>(),
                      .project_name = row.next<std::string>(),
                      .workspace_slug = row.next<std::string>(),
                      .workspace_name = row.next<std::string>()}};
}

// Repositories `r` of workspace $1 that account $2 may see; a null account sees the public ones.
#define BBGRANT_VISIBLE                                                         \
  "r.workspace_uuid = $1 AND (r.is_private = 0 OR "                             \
  "EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = $2 AND "            \
  "m.workspace_uuid = r.workspace_uuid AND m.permission = 'owner') OR "         \
  "EXISTS (SELECT 1 FROM repository_permissions p WHERE p.account_id = $2 AND " \
  "p.repository_uuid = r.uuid))"

}  // namespace

const char* name_of(WorkspacePermission permission) noexcept {
  switch (permission) {
    case WorkspacePermission::kOwner:
      return "owner";
    case WorkspacePermission::kCollaborator:
      return "collaborator";
    case WorkspacePermission::kMember:
      return "member";
  }
  return "";
}

const char* name_of(RepositoryPermission permission) noexcept {
  switch (permission) {
    case RepositoryPermission::kRead:
      return "read";
    case RepositoryPermission::kWrite:
      return "write";
    case RepositoryPermission::kAdmin:
      return "admin";
  }
  return "";
}

void insert(Connection& connection, const Workspace& workspace) {
  connection.execute(
      "INSERT INTO workspaces (uuid, slug, name, is_private, created_on) "
      "VALUES ($1, $2, $3, $4, $5)",
      {workspace.uuid, workspace.slug, workspace.name, workspace.is_private, workspace.created_on});
}

void insert(Connection& connection, const Membership& membership) {
  connection.execute(
      "INSERT INTO memberships (workspace_uuid, account_id, permission) VALUES ($1, $2, $3)",
      {membership.workspace_uuid, membership.account, name_of(membership.permission)});
}

void insert(Connection& connection, const Project& project) {
  connection.execute(
      "INSERT INTO projects (uuid, project_key, name, workspace_uuid, is_private, created_on) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {project.uuid, project.key, project.name, project.workspace_uuid, project.is_private,
       project.created_on});
}

void insert(Connection& connection, const Repository& repository) {
  connection.execute(
      "INSERT INTO repositories (uuid, slug, full_name, name, description, is_private, language, "
      "size, has_issues, has_wiki, fork_policy, mainbranch, project_uuid, workspace_uuid, "
      "created_on, updated_on) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
      {repository.uuid, repository.slug, repository.full_name, repository.name,
       repository.description, repository.is_private, repository.language, repository.size,
       repository.has_issues, repository.has_wiki, repository.fork_policy, repository.mainbranch,
       repository.project_uuid, repository.workspace_uuid, repository.created_on,
       repository.updated_on});
}

void insert(Connection& connection, const RepositoryAccess& access) {
  connection.execute(
      "INSERT INTO repository_permissions (repository_uuid, account_id, permission) "
      "VALUES ($1, $2, $3)",
      {access.repository_uuid, access.account, name_of(access.permission)});
}

asio::awaitable<std::optional<Workspace>> Bitbucket::find_workspace(
    std::string_view slug_or_uuid) const {
  // A slug has no braces, so at most one workspace answers.
  return database_.read([name = std::string{slug_or_uuid}](Connection& connection) {
    return connection.first(
        "SELECT uuid, slug, name, is_private, created_on FROM workspaces "
        "WHERE uuid = $1 OR slug = $1",
        {name}, [](Reader row) { return read_workspace(row); });
  });
}

asio::awaitable<std::optional<WorkspacePermission>> Bitbucket::membership(
    std::string_view workspace_uuid, AccountId account) const {
  return database_.read([uuid = std::string{workspace_uuid}, account](Connection& connection) {
    return connection.first(
        "SELECT permission FROM memberships WHERE workspace_uuid = $1 AND account_id = $2",
        {uuid, account}, [](Reader row) { return read_workspace_permission(row); });
  });
}

asio::awaitable<Page<WorkspaceAccess>> Bitbucket::workspaces_of(AccountId account,
                                                                PageRequest request) const {
  return database_.snapshot([account, request](Connection& connection) {
    return Page<WorkspaceAccess>{
        .values = connection.all(
            "SELECT w.uuid, w.slug, w.name, w.is_private, w.created_on, m.permission "
            "FROM memberships m JOIN workspaces w ON w.uuid = m.workspace_uuid "
            "WHERE m.account_id = $1 ORDER BY w.slug LIMIT $2 OFFSET $3",
            {account, request.pagelen, request.offset()},
            [](Reader row) {
              return WorkspaceAccess{.workspace = read_workspace(row),
                                     .permission = read_workspace_permission(row)};
            }),
        .size =
            connection.number("SELECT count(*) FROM memberships WHERE account_id = $1", {account})};
  });
}

asio::awaitable<Page<Repository>> Bitbucket::repositories_visible_to(
    std::string_view workspace_uuid, std::optional<AccountId> account, PageRequest request) const {
  return database_.snapshot([uuid = std::string{workspace_uuid}, account,
                             request](Connection& connection) {
    return Page<Repository>{
        .values = connection.all(
            "SELECT r.uuid, r.slug, r.full_name, r.name, r.description, r.is_private, r.language, "
            "r.size, r.has_issues, r.has_wiki, r.fork_policy, r.mainbranch, r.project_uuid, "
            "r.workspace_uuid, r.created_on, r.updated_on, j.project_key, j.name, w.slug, w.name "
            "FROM repositories r JOIN projects j ON j.uuid = r.project_uuid "
            "JOIN workspaces w ON w.uuid = r.workspace_uuid "
            "WHERE " BBGRANT_VISIBLE " ORDER BY r.slug LIMIT $3 OFFSET $4",
            {uuid, account, request.pagelen, request.offset()}, read_repository),
        .size = connection.number("SELECT count(*) FROM repositories r WHERE " BBGRANT_VISIBLE,
                                  {uuid, account})};
  });
}

asio::awaitable<bool> Bitbucket::add_workspace(Workspace workspace) {
  return insert_once(database_, std::move(workspace));
}

asio::awaitable<bool> Bitbucket::add_membership(Membership membership) {
  return insert_once(database_, std::move(membership));
}

asio::awaitable<bool> Bitbucket::add_project(Project project) {
  return insert_once(database_, std::move(project));
}

asio::awaitable<bool> Bitbucket::add_repository(Repository repository) {
  return insert_once(database_, std::move(repository));
}

asio::awaitable<bool> Bitbucket::add_repository_access(RepositoryAccess access) {
  return insert_once(database_, std::move(access));
}

}  // namespace bbgrant::store

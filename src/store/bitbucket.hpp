// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "store/error.hpp"
#include "store/types.hpp"

namespace bbgrant::store {

class Database;

struct Workspace {
  std::string uuid;  ///< "{...}"
  std::string slug;
  std::string name;
  bool is_private = false;
  std::chrono::sys_seconds created_on;
};

enum class WorkspacePermission { kOwner, kCollaborator, kMember };

struct Membership {
  std::string workspace_uuid;
  AccountId account{};
  WorkspacePermission permission = WorkspacePermission::kMember;
};

/// A workspace as one of its members sees it.
struct WorkspaceAccess {
  Workspace workspace;
  WorkspacePermission permission = WorkspacePermission::kMember;
  [[nodiscard]] bool administrator() const { return permission == WorkspacePermission::kOwner; }
};

struct Project {
  std::string uuid;
  std::string key;  ///< unique in its workspace
  std::string name;
  std::string workspace_uuid;
  bool is_private = false;
  std::chrono::sys_seconds created_on;
};

/// What repositories show of the objects that they belong to.
struct RepositoryParents {
  std::string project_key;
  std::string project_name;
  std::string workspace_slug;
  std::string workspace_name;
};

struct Repository {
  std::string uuid;
  std::string slug;       ///< unique in its workspace
  std::string full_name;  ///< "workspace/slug"
  std::string name;
  std::string description = {};
  bool is_private = true;
  std::string language = {};
  std::int64_t size = 0;  ///< bytes
  bool has_issues = false;
  bool has_wiki = false;
  std::string fork_policy = "allow_forks";
  std::string mainbranch = {};  ///< empty while there is none
  std::string project_uuid;
  std::string workspace_uuid;
  std::chrono::sys_seconds created_on;
  std::chrono::sys_seconds updated_on;
  RepositoryParents parents = {};  ///< filled by queries, ignored by adders
};

enum class RepositoryPermission { kRead, kWrite, kAdmin };

struct RepositoryAccess {
  std::string repository_uuid;
  AccountId account{};
  RepositoryPermission permission = RepositoryPermission::kRead;
};

/// Bitbucket's words: "owner", "collaborator", "member"; "read", "write", "admin".
[[nodiscard]] const char* name_of(WorkspacePermission permission) noexcept;
[[nodiscard]] const char* name_of(RepositoryPermission permission) noexcept;

/// Workspaces, projects and repositories. Thread-safe; every function throws StoreError on a fault,
/// and nothing is changed then.
class Bitbucket {
 public:
  explicit Bitbucket(Database& database) : database_(database) {}

  /// @param slug_or_uuid  a uuid has braces.
  [[nodiscard]] boost::asio::awaitable<std::optional<Workspace>> find_workspace(
      std::string_view slug_or_uuid) const;
  [[nodiscard]] boost::asio::awaitable<std::optional<WorkspacePermission>> membership(
      std::string_view workspace_uuid, AccountId account) const;
  /// The account's workspaces by slug.
  [[nodiscard]] boost::asio::awaitable<Page<WorkspaceAccess>> workspaces_of(
      AccountId account, PageRequest request) const;
  /// Repositories of a workspace that an account (nothing: the public) may see, by slug: public
  /// ones; private ones for the workspace's owners and for accounts with a permission of their own.
  /// A member without one does not see them.
  [[nodiscard]] boost::asio::awaitable<Page<Repository>> repositories_visible_to(
      std::string_view workspace_uuid, std::optional<AccountId> account, PageRequest request) const;

  // False when it is there already (uuid, slug, key, or the pair).
  // StoreError kConstraint when what it belongs to is not there.

  [[nodiscard]] boost::asio::awaitable<bool> add_workspace(Workspace workspace);
  [[nodiscard]] boost::asio::awaitable<bool> add_membership(Membership membership);
  [[nodiscard]] boost::asio::awaitable<bool> add_project(Project project);
  [[nodiscard]] boost::asio::awaitable<bool> add_repository(Repository repository);
  [[nodiscard]] boost::asio::awaitable<bool> add_repository_access(RepositoryAccess access);

 private:
  Database& database_;
};

}  // namespace bbgrant::store

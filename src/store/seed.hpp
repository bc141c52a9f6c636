// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/accounts.hpp"
#include "store/bitbucket.hpp"
#include "store/consumers.hpp"
#include "store/types.hpp"

namespace bbgrant::store {

class Connection;

/// Adds objects inside one transaction, see Store::seed(). Each function throws StoreError
/// (kConflict, kConstraint, ...), which takes back the whole seed and must be let through.
/// Used by one thread, during the call only.
class Seeder {
 public:
  explicit Seeder(Connection& connection) : connection_(connection) {}

  AccountId add(const NewAccount& account);
  void add(const Workspace& workspace);
  void add(const Membership& membership);
  void add(const Project& project);
  void add(const Repository& repository);
  void add(const RepositoryAccess& access);
  void add(const Consumer& consumer);

  // What is there, this seed's own objects included.

  [[nodiscard]] std::optional<AccountId> find_account(std::string_view nickname);
  /// The uuid of a workspace, of a project in it, of a repository ("workspace/slug").
  [[nodiscard]] std::optional<std::string> find_workspace(std::string_view slug);
  [[nodiscard]] std::optional<std::string> find_project(std::string_view workspace_uuid,
                                                        std::string_view key);
  [[nodiscard]] std::optional<std::string> find_repository(std::string_view full_name);
  /// The first of its owners.
  [[nodiscard]] std::optional<AccountId> owner_of(std::string_view workspace_uuid);

 private:
  Connection& connection_;
};

}  // namespace bbgrant::store

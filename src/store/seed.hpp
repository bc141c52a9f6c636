// SPDX-License-Identifier: MIT
#pragma once

#include "store/accounts.hpp"
#include "store/bitbucket.hpp"
#include "store/consumers.hpp"
#include "store/types.hpp"

namespace bbgrant::store {

class Connection;

/// Adds objects inside one transaction, see Store::seed(). Each function throws StoreError
/// (kConflict, kConstraint, ...), which takes back the whole seed when it is let through.
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

 private:
  Connection& connection_;
};

}  // namespace bbgrant::store

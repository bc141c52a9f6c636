// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include <boost/asio/awaitable.hpp>

#include "store/accounts.hpp"
#include "store/bitbucket.hpp"
#include "store/consumers.hpp"
#include "store/database.hpp"

namespace bbgrant::store {

// One new row each (an account: with its addresses), inside the caller's job. StoreError kConflict
// and kConstraint as the schema says.

AccountId insert(Connection& connection, const NewAccount& account);
void insert(Connection& connection, const Consumer& consumer);
void insert(Connection& connection, const Workspace& workspace);
void insert(Connection& connection, const Membership& membership);
void insert(Connection& connection, const Project& project);
void insert(Connection& connection, const Repository& repository);
void insert(Connection& connection, const RepositoryAccess& access);

/// Inserts in a transaction of its own.
/// @returns false when a unique rule says that it is there already.
template <class Record>
[[nodiscard]] boost::asio::awaitable<bool> insert_once(Database& database, Record record) {
  auto work = [record = std::move(record)](Connection& connection) {
    insert(connection, record);
    return true;
  };
  try {
    co_return co_await database.write(std::move(work));
  } catch (const StoreError& error) {
    if (error.kind() != StoreError::Kind::kConflict) throw;
  }
  co_return false;
}

}  // namespace bbgrant::store

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "store/database.hpp"
#include "store/sqlite/connection.hpp"

namespace bbgrant::store {

struct SqliteOptions {
  /// How long a write waits for another process that holds the lock.
  std::chrono::milliseconds busy_timeout = std::chrono::seconds{3};
  std::size_t readers = 2;
  /// Jobs in one commit.
  std::size_t largest_batch = 256;
  /// Jobs that may wait, reads and writes each; more are refused with kBusy.
  std::size_t most_waiting = 8192;
  /// Name of the VFS, empty for SQLite's own. For tests.
  std::string vfs = {};
  /// Told of each step of writes. For tests.
  sqlite::StepHook on_step = {};
};

/// A database in a file that other processes may open as well. Makes its folder and its file where
/// they are missing (S95).
/// @throws StoreError
[[nodiscard]] std::unique_ptr<Database> open_sqlite_file(const std::string& file,
                                                         const SqliteOptions& options = {});

/// A database in memory. Reads share the writer's connection and its thread: SQLite's shared cache,
/// which would let others in, locks whole tables and answers "locked" instead of waiting.
[[nodiscard]] std::unique_ptr<Database> open_sqlite_memory(const SqliteOptions& options = {});

}  // namespace bbgrant::store

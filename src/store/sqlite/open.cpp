// SPDX-License-Identifier: MIT
#include "store/sqlite/open.hpp"

#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>

#include <sqlite3.h>

namespace bbgrant::store::sqlite {
namespace {

/// "bbgr", in the header of each of our files.
constexpr std::int64_t kApplicationId = 0x62626772;

std::int64_t number(sqlite3* handle, const char* sql) {
  sqlite3_stmt* made = nullptr;
  if (const int code = sqlite3_prepare_v2(handle, sql, -1, &made, nullptr); code != SQLITE_OK) {
    throw error_of(handle, code);
  }
  const StatementHandle statement{made};
  const int code = sqlite3_step(made);
  if (code != SQLITE_ROW) throw error_of(handle, code);
  return sqlite3_column_int64(made, 0);
}

void set_common(sqlite3* handle, const SqliteOptions& options, int cache_kib) {
  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_timeout.count()));
  // Sorting stays in memory: no temporary file anywhere else (S95).
  run_script(handle, "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA cache_size = -" +
                         std::to_string(cache_kib));
}

// While another process does the same, SQLite answers "busy" here without waiting.
void use_log(sqlite3* handle, const SqliteOptions& options) {
  const auto deadline = std::chrono::steady_clock::now() + options.busy_timeout;
  while (true) {
    try {
      run_script(handle, "PRAGMA journal_mode = WAL");
      return;
    } catch (const StoreError& error) {
      if (error.kind() != StoreError::Kind::kBusy) throw;
      if (std::chrono::steady_clock::now() > deadline) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});  // a file lock has no event
  }
}

void claim(sqlite3* handle) {
  const std::int64_t id = number(handle, "PRAGMA application_id");
  if (id == kApplicationId) return;
  if (id != 0 || number(handle, "SELECT count(*) FROM sqlite_master") != 0) {
    throw StoreError{StoreError::Kind::kCorrupt,
                     "the file is a SQLite database of another program; name another file"};
  }
  run_script(handle, "PRAGMA application_id = " + std::to_string(kApplicationId));
}

}  // namespace

std::unique_ptr<SqliteConnection> open_writer(const std::string& file,
                                              const SqliteOptions& options) {
  Handle handle = open_handle(file, options.vfs);
  set_common(handle.get(), options, 16 * 1024);
  // A foreign file is refused before anything is changed in it.
  claim(handle.get());
  use_log(handle.get(), options);
  // A checkpoint each 4,000 pages (16 MB) and not each 1,000: tokens are spread over the pages of
  // their tables, and a rarer checkpoint writes each page once for many changes. Measured with 64
  // callers: 2,900 issues a second became 7,200. A longer log would be read longer after a crash.
  run_script(handle.get(),
             "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; "
             "PRAGMA journal_size_limit = 67108864");
  return std::make_unique<SqliteConnection>(std::move(handle), options.on_step);
}

std::unique_ptr<SqliteConnection> open_reader(const std::string& file,
                                              const SqliteOptions& options) {
  Handle handle = open_handle(file, options.vfs);
  set_common(handle.get(), options, 8 * 1024);
  run_script(handle.get(), "PRAGMA query_only = ON");
  return std::make_unique<SqliteConnection>(std::move(handle), nullptr);
}

std::unique_ptr<SqliteConnection> open_memory(const SqliteOptions& options) {
  // Not ":memory:", whose commits walk over every page that was ever changed: with the tokens of
  // 100,000 sign-ins a commit took ten times as long. A name without a slash is this connection's.
  Handle handle = open_handle("memory", "memdb");
  sqlite3_int64 limit = std::int64_t{64} << 30U;  // 1 GiB otherwise
  sqlite3_file_control(handle.get(), "main", SQLITE_FCNTL_SIZE_LIMIT, &limit);
  set_common(handle.get(), options, 64 * 1024);
  run_script(handle.get(), "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
  return std::make_unique<SqliteConnection>(std::move(handle), options.on_step);
}

}  // namespace bbgrant::store::sqlite

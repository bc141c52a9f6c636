// SPDX-License-Identifier: MIT
#include "store/sqlite/handle.hpp"

#include <cerrno>

#include <sqlite3.h>

#include "store/database.hpp"

namespace bbgrant::store::sqlite {
namespace {

using Kind = StoreError::Kind;

// SQLite keeps the system's error for statements, but for a commit only in the file that failed.
int system_error_of(sqlite3* handle) {
  if (handle == nullptr) return 0;
  int error = sqlite3_system_errno(handle);
  sqlite3_file* log = nullptr;
  if (error == 0 &&
      sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
      log != nullptr && log->pMethods != nullptr) {
    log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
  }
  if (error == 0) sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
  return error;
}

// What the operating system said, where SQLite tells an I/O error only.
Kind kind_of_io_error(sqlite3* handle) {
  switch (system_error_of(handle)) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Kind::kFull;
    case EROFS:
      return Kind::kReadOnly;
    default:
      return Kind::kUnavailable;
  }
}

Kind kind_of(sqlite3* handle, int code) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Kind::kConflict;
    case SQLITE_READONLY_DBMOVED:
      return Kind::kUnavailable;
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Kind::kBusy;
    case SQLITE_FULL:
      return Kind::kFull;
    case SQLITE_READONLY:
      return Kind::kReadOnly;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Kind::kCorrupt;
    case SQLITE_CONSTRAINT:
      return Kind::kConstraint;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return kind_of_io_error(handle);
    case SQLITE_NOMEM:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
      return Kind::kUnavailable;
    default:
      return Kind::kUnexpected;
  }
}

}  // namespace

void CloseHandle::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

void FinalizeStatement::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

StoreError error_of(sqlite3* handle, int code) {
  const std::string detail = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
  return told_by_database(kind_of(handle, code), "SQLite " + std::to_string(code) + ": " + detail,
                          code);
}

Handle open_handle(const std::string& file, const std::string& vfs) {
  sqlite3* opened = nullptr;
  // No lock of SQLite's own: a connection belongs to one thread. The file was made before, with the
  // right mode, and a link in its place is not followed (S95).
  const int code = sqlite3_open_v2(
      file.c_str(), &opened,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
      vfs.empty() ? nullptr : vfs.c_str());
  Handle handle{opened};
  if (code != SQLITE_OK) throw error_of(handle.get(), code);
  // What a foreign file brings along in its schema must not run.
  sqlite3_db_config(handle.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return handle;
}

void run_script(sqlite3* handle, const std::string& text) {
  const int code = sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw error_of(handle, code);
}

}  // namespace bbgrant::store::sqlite

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "store/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace bbgrant::store::sqlite {

struct CloseHandle {
  void operator()(sqlite3* handle) const noexcept;
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const noexcept;
};

using Handle = std::unique_ptr<sqlite3, CloseHandle>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// The error that this connection met last, told by kind. SQLite's own text names tables and
/// columns, never values.
/// @param code  an extended result code.
[[nodiscard]] StoreError error_of(sqlite3* handle, int code);

/// Opens a connection, to be used by one thread at a time.
/// @param file  a path, or ":memory:"; a path must exist.
/// @param vfs   name of the VFS, empty for SQLite's own.
/// @throws StoreError
[[nodiscard]] Handle open_handle(const std::string& file, const std::string& vfs);

/// Runs statements without values whose rows nobody wants.
/// @throws StoreError
void run_script(sqlite3* handle, const std::string& text);

}  // namespace bbgrant::store::sqlite

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/database.hpp"

namespace bbgrant::store::sqlite {

/// The connection that writes, durable at each commit (write-ahead log, synchronous=FULL). Marks a
/// new file as ours.
/// @param file  a path that exists.
/// @throws StoreError kCorrupt also when the file belongs to another program.
[[nodiscard]] std::unique_ptr<SqliteConnection> open_writer(const std::string& file,
                                                            const SqliteOptions& options);

/// A connection that only reads.
[[nodiscard]] std::unique_ptr<SqliteConnection> open_reader(const std::string& file,
                                                            const SqliteOptions& options);

/// A database of its own in memory.
[[nodiscard]] std::unique_ptr<SqliteConnection> open_memory(const SqliteOptions& options);

}  // namespace bbgrant::store::sqlite

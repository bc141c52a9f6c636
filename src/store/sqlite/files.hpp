// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace bbgrant::store::sqlite {

/// Makes the folder (0700) and the file (0600) of a database where they are missing, whatever the
/// umask. What is there already is not changed: SQLite gives its log and its index the mode of the
/// database.
/// @returns the file's path, absolute and without links in it.
/// @throws StoreError kExposed when folder, database, log or index can be reached by others, or
///         belong to somebody else (S95); kReadOnly, kFull, kUnavailable when they cannot be made.
[[nodiscard]] std::string prepare_files(const std::string& file);

}  // namespace bbgrant::store::sqlite

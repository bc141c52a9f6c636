// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "project/source_tree.hpp"

namespace bbgrant::project {

// The rules of CONTRIBUTING.md that a text search can check. Each takes files and returns one line
// per finding, "path:line: what is wrong"; none when all is well.

/// What a room may include, by the table of rooms, and that it includes by "room/file.hpp".
[[nodiscard]] std::vector<std::string> include_findings(const std::vector<SourceFile>& files);

/// What a room's CMakeLists.txt may link, by the same table.
[[nodiscard]] std::vector<std::string> link_findings(const std::vector<SourceFile>& files);

/// OAuth words in src/http, which knows none.
[[nodiscard]] std::vector<std::string> oauth_word_findings(const std::vector<SourceFile>& files);

/// A year that is the name of a profile, outside the profile's values, the seed and the flag.
[[nodiscard]] std::vector<std::string> year_findings(const std::vector<SourceFile>& files);

/// Files of more than `most` lines.
[[nodiscard]] std::vector<std::string> length_findings(const std::vector<SourceFile>& files,
                                                       std::size_t most);

/// Source files whose first line is not the licence tag.
[[nodiscard]] std::vector<std::string> licence_findings(const std::vector<SourceFile>& files);

}  // namespace bbgrant::project

// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bbgrant::project {

/// A text file of the project.
struct SourceFile {
  std::string path;  // below the project's root, with '/'
  std::vector<std::string> lines;
};

/// Every file below `folder` whose name ends with one of `endings`, in the order of their paths.
/// @param folder  below the project's root; a folder that is missing has no files.
[[nodiscard]] std::vector<SourceFile> files_below(std::string_view folder,
                                                  const std::vector<std::string>& endings);

/// One file of the project. @throws std::runtime_error when it cannot be read.
[[nodiscard]] SourceFile read_file(const std::string& path);

/// The names of the folders right below src/.
[[nodiscard]] std::vector<std::string> rooms();

}  // namespace bbgrant::project

// SPDX-License-Identifier: MIT
#include "project/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace bbgrant::project {

namespace {

namespace fs = std::filesystem;

const fs::path& root() {
  static const fs::path folder{BBGRANT_SOURCE_DIR};
  return folder;
}

}  // namespace

SourceFile read_file(const std::string& path) {
  std::ifstream in{root() / path};
  if (!in) throw std::runtime_error("cannot read " + path);
  SourceFile file{path, {}};
  for (std::string line; std::getline(in, line);) file.lines.push_back(std::move(line));
  return file;
}

std::vector<SourceFile> files_below(std::string_view folder,
                                    const std::vector<std::string>& endings) {
  std::vector<SourceFile> files;
  if (!fs::is_directory(root() / folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator{root() / folder}) {
    const auto name = entry.path().filename().string();
    const bool wanted = std::any_of(endings.begin(), endings.end(),
                                    [&](const auto& ending) { return name.ends_with(ending); });
    if (entry.is_regular_file() && wanted) {
      files.push_back(read_file(entry.path().lexically_relative(root()).generic_string()));
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& one, const auto& other) { return one.path < other.path; });
  return files;
}

std::vector<std::string> rooms() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{root() / "src"}) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace bbgrant::project

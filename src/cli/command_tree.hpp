// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming): the library's own name
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace bbgrant::cli {

/// One option as the help shows it.
struct ShownOption {
  /// "-v", "--verbose"; empty for one that is known by its place.
  std::vector<std::string> names;
  /// What stands behind it, such as "FILE" or "json|token"; empty: nothing.
  std::string value;
  std::string help;

  /// The words that it takes, where they are all known.
  [[nodiscard]] std::vector<std::string> words() const;
  [[nodiscard]] bool takes_file() const { return value == "FILE" || value == "DIR"; }
};

/// The options that stand in the help of a command, in its order.
[[nodiscard]] std::vector<ShownOption> shown_options(const CLI::App& command);

/// Calls `visit` for the program and each command below it: "" and "token", "user add" ...
void each_command(const CLI::App& program,
                  const std::function<void(const std::string& path, const CLI::App&)>& visit);

/// The manual page bbgrant(1), in the language of man(7).
[[nodiscard]] std::string man_page(const CLI::App& program);

}  // namespace bbgrant::cli

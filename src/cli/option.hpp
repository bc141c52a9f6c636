// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming): the library's own name
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace bbgrant::cli {

/// An option that takes one of the words. Its help and the completion name them.
CLI::Option* add_choice(CLI::App& parser, const char* name, std::string& value, const char* help,
                        const std::vector<std::string>& words);

/// An option that takes a time such as "90s"; refused while the command line is read.
/// @param value  is not touched where the option is not used.
CLI::Option* add_time(CLI::App& parser, const char* name, std::chrono::seconds& value,
                      const char* help);

/// An option that may be repeated, with one value each time.
CLI::Option* add_repeated(CLI::App& parser, const char* name, std::vector<std::string>& values,
                          const char* help, const char* type);

}  // namespace bbgrant::cli

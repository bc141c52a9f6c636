// SPDX-License-Identifier: MIT
#include "cli/option.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "cli/duration.hpp"

namespace bbgrant::cli {

CLI::Option* add_choice(CLI::App& parser, const char* name, std::string& value, const char* help,
                        const std::vector<std::string>& words) {
  std::string expected = "expected ";
  std::string type;
  for (const std::string& word : words) {
    const bool last = &word == &words.back();
    expected += (type.empty() ? "" : last ? " or " : ", ") + word;
    type += (type.empty() ? "" : "|") + word;
  }
  // CLI11's own check would print the list twice.
  return parser.add_option(name, value, help)
      ->type_name(type)
      ->check([words, expected](const std::string& text) {
        return std::find(words.begin(), words.end(), text) != words.end() ? std::string{}
                                                                          : expected;
      });
}

CLI::Option* add_time(CLI::App& parser, const char* name, std::chrono::seconds& value,
                      const char* help) {
  return parser
      .add_option_function<std::string>(
          name, [&value](const std::string& text) { value = *parse_duration(text); }, help)
      ->type_name("TIME")
      ->check([](const std::string& text) {
        return parse_duration(text) ? std::string{} : "expected a time such as 90s, 15m or 2h";
      });
}

CLI::Option* add_repeated(CLI::App& parser, const char* name, std::vector<std::string>& values,
                          const char* help, const char* type) {
  return parser.add_option(name, values, help)
      ->type_name(type)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/command_tree.hpp"

namespace bbgrant::cli {

Run declare_help(CLI::App& parser, const Context& context) {
  const auto topic = std::make_shared<std::string>();
  parser.add_option("topic", *topic, "A command, exit-codes, or man-page");
  return [topic, &parser, &context] {
    if (*topic == "exit-codes") {
      context.output.data(kExitCodesHelp);
      return ExitCode::kDone;
    }
    const CLI::App* whole = parser.get_parent();
    if (*topic == "man-page") {
      context.output.data(man_page(*whole));
      return ExitCode::kDone;
    }
    if (topic->empty()) {
      context.output.data(whole->help());
      return ExitCode::kDone;
    }
    for (const CLI::App* command : whole->get_subcommands({})) {
      if (command->get_name() != *topic) continue;
      context.output.data(command->help("bbgrant"));
      return ExitCode::kDone;
    }
    throw UsageError{"no help on that: name a command, exit-codes or man-page"};
  };
}

}  // namespace bbgrant::cli

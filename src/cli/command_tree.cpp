// SPDX-License-Identifier: MIT
#include "cli/command_tree.hpp"

#include <CLI/CLI.hpp>

namespace bbgrant::cli {
namespace {

void visit_below(const std::string& path, const CLI::App& command,
                 const std::function<void(const std::string&, const CLI::App&)>& visit) {
  visit(path, command);
  for (const CLI::App* below : command.get_subcommands({})) {
    visit_below(path + (path.empty() ? "" : " ") + below->get_name(), *below, visit);
  }
}

}  // namespace

std::vector<std::string> ShownOption::words() const {
  std::vector<std::string> words;
  if (value.find('|') == std::string::npos) return words;
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find('|', at), value.size());
    words.push_back(value.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::vector<ShownOption> shown_options(const CLI::App& command) {
  std::vector<ShownOption> shown;
  for (const CLI::Option* option : command.get_options()) {
    // Without a group it is not in the help.
    if (option->get_group().empty()) continue;
    ShownOption one;
    for (const std::string& name : option->get_snames()) one.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) one.names.push_back("--" + name);
    if (option->get_items_expected_max() > 0) one.value = option->get_type_name();
    one.help = option->get_description();
    shown.push_back(std::move(one));
  }
  return shown;
}

void each_command(const CLI::App& program,
                  const std::function<void(const std::string& path, const CLI::App&)>& visit) {
  visit_below("", program, visit);
}

}  // namespace bbgrant::cli

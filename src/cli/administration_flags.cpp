// SPDX-License-Identifier: MIT
#include "cli/administration_flags.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/settings.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {
namespace {

sandbox::Options options_of(const AdministrationFlags& flags, const Context& context) {
  Config from_flags;
  if (!flags.data_dir.empty()) set_flag(from_flags, "--data-dir", "dataDir", flags.data_dir);
  if (!flags.store.empty()) set_flag(from_flags, "--store", "store", flags.store);
  const auto config_flag = flags.config.empty() ? std::nullopt : std::optional{flags.config};
  // Not ./config.json: a foreign folder must not choose where a new password goes (S98).
  const Settings settings = resolve_settings(std::move(from_flags), config_flag,
                                             ConfigFile::kUserFolder, context.environment);
  sandbox::Options options;
  options.store = settings.config.store.value_or("");
  options.data_dir = settings.data_dir;
  options.key_file = flags.key_file;
  if (options.store.empty() && options.data_dir.empty()) {
    throw UsageError{"there is no folder for the data: set --data-dir, or HOME"};
  }
  return options;
}

std::string text_of(const Described& value) {
  if (value.is_null()) return "-";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return escape_controls(value.get_ref<const std::string&>());
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const auto& each : value) text += (text.empty() ? "" : " ") + text_of(each);
  return text;
}

void print_json(const Context& context, const Described& value) {
  context.output.data(Secret{value.dump(2) + "\n"});
}

}  // namespace

void declare_administration_flags(CLI::App& parser, AdministrationFlags& flags) {
  parser
      .add_option("--config", flags.config,
                  "Settings (default: $XDG_CONFIG_HOME/bbgrant/config.json)")
      ->type_name("FILE");
  parser.add_option("--data-dir", flags.data_dir, "Folder of the store and its key")
      ->type_name("DIR");
  parser.add_option("--store", flags.store, "sqlite:FILE or postgresql://...")->type_name("STORE");
  parser.add_option("--key-file", flags.key_file, "Key that seals secrets")->type_name("FILE");
  parser.add_flag("--json", flags.json, "Print JSON");
}

Verbs::Verbs(CLI::App& parser) : parser_(parser), entries_(std::make_shared<std::vector<Entry>>()) {
  parser.require_subcommand(1);
}

CLI::App& Verbs::add(const char* name, const char* summary, Verb verb) {
  CLI::App* added = parser_.add_subcommand(name, summary);
  // The flags of the command may stand behind the verb.
  added->fallthrough();
  entries_->push_back({added, std::move(verb)});
  return *added;
}

ExitCode Verbs::run(const AdministrationFlags& flags, const Context& context) const {
  const auto named =
      std::ranges::find_if(*entries_, [](const Entry& entry) { return entry.parser->parsed(); });
  sandbox::Administration administration{options_of(flags, context)};
  try {
    return named->verb(administration);
  } catch (const base::DocumentError& error) {
    throw UsageError{error.what()};
  }
}

void print(const Context& context, bool json, const Described& object) {
  if (json) return print_json(context, object);
  Secret text;  // a secret may be among them
  for (const auto& [name, value] : object.items()) {
    std::string label = name;
    std::ranges::replace(label, '_', ' ');
    label.resize(std::max<std::size_t>(label.size(), 17), ' ');
    text.append(label + " ");
    text.append(Secret{text_of(value)}.reveal());
    text.append("\n");
  }
  context.output.data(text);
}

void print(const Context& context, bool json, const Described& list,
           const std::vector<const char*>& columns) {
  if (json) return print_json(context, list);
  std::vector<std::vector<std::string>> rows(1);
  for (const char* column : columns) rows.front().emplace_back(column);
  for (const auto& value : list.at("values")) {
    auto& row = rows.emplace_back();
    for (const char* column : columns) row.push_back(text_of(value.at(column)));
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::size_t width = 0;
      for (const auto& each : rows) width = std::max(width, each[i].size());
      std::string cell = row[i];
      if (i + 1 < row.size()) cell.resize(width + 2, ' ');
      text += cell;
    }
    text += "\n";
  }
  context.output.data(text);
}

Described found(std::optional<Described> described, const char* kind, const std::string& name) {
  if (described) return std::move(*described);
  throw Failure{ExitCode::kFailure,
                std::string{"there is no "} + kind + " '" + escape_controls(name) + "'"};
}

}  // namespace bbgrant::cli

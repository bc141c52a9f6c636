// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "sandbox/administration.hpp"

namespace bbgrant::cli {

/// What `bbgrant user` and `bbgrant consumer` have in common: which store, and how to print.
struct AdministrationFlags {
  std::string config;
  std::string data_dir;
  std::string store;
  std::string key_file;
  bool json = false;
};

void declare_administration_flags(CLI::App& parser, AdministrationFlags& flags);

/// One verb of such a command: its declaration has bound what it needs.
using Verb = std::function<ExitCode(sandbox::Administration&)>;

/// The verb that was named, with its flags.
class Verbs {
 public:
  explicit Verbs(CLI::App& parser);

  /// Declares a verb; it is run when it was named.
  CLI::App& add(const char* name, const char* summary, Verb verb);

  /// Opens the store and runs it. @throws UsageError for a document that cannot be right
  [[nodiscard]] ExitCode run(const AdministrationFlags& flags, const Context& context) const;

 private:
  struct Entry {
    CLI::App* parser;
    Verb verb;
  };
  CLI::App& parser_;
  std::shared_ptr<std::vector<Entry>> entries_;
};

/// Who changes something, for the log.
inline const sandbox::Registry::Actor kActor{.door = "command line"};

using Described = nlohmann::ordered_json;

/// One object: JSON, or a line for each member that has a value.
void print(const Context& context, bool json, const Described& object);
/// A list: JSON, or a table of these members.
void print(const Context& context, bool json, const Described& list,
           const std::vector<const char*>& columns);

/// The value. @throws Failure (exit 1) "there is no user 'x'" when there is none.
[[nodiscard]] Described found(std::optional<Described> described, const char* kind,
                              const std::string& name);

}  // namespace bbgrant::cli

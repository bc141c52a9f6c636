// SPDX-License-Identifier: MIT
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <bbgrant/version.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace bbgrant::cli {

Run declare_version(CLI::App& parser, const Context& context) {
  const auto as_json = std::make_shared<bool>(false);
  parser.add_flag("--json", *as_json, "As one JSON object");
  return [as_json, &context] {
    if (*as_json) {
      context.output.data(nlohmann::json{{"name", "bbgrant"}, {"version", kVersion}}.dump() + "\n");
    } else {
      context.output.data(std::string{"bbgrant "} + kVersion + "\n");
    }
    return ExitCode::kDone;
  };
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include "cli/client_flags.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>

namespace bbgrant::cli {

void declare_client_flags(CLI::App& parser, ClientFlags& flags) {
  parser.add_option("--server", flags.server, "sandbox, bitbucket, or the URL of an issuer")
      ->type_name("SERVER");
  parser
      .add_option("--config", flags.config,
                  "Settings (default: $XDG_CONFIG_HOME/bbgrant/config.json)")
      ->type_name("FILE");
  parser.add_flag("-v,--verbose", flags.verbose, "Show what goes over the wire, secrets masked");
}

Settings client_settings(const ClientFlags& flags, const Context& context) {
  Config from_flags;
  if (!flags.server.empty()) set_flag(from_flags, "--server", "server", flags.server);
  const auto config_flag = flags.config.empty() ? std::nullopt : std::optional{flags.config};
  return resolve_settings(std::move(from_flags), config_flag, ConfigFile::kUserFolder,
                          context.environment);
}

std::shared_ptr<WireView> wire_view(const ClientFlags& flags, const Context& context,
                                    WireView::Lane server) {
  if (!flags.verbose) return nullptr;
  const Output& output = context.output;
  return std::make_shared<WireView>(
      WireView::Look{output.colour(), output.unicode(), output.width()}, server,
      [&output](std::string_view text) { output.talk(text); });
}

Options client_options(const std::shared_ptr<WireView>& view) {
  Options options;
  if (view) {
    options.observer = [view](const Exchange& exchange) { view->exchange(exchange); };
  }
  return options;
}

}  // namespace bbgrant::cli

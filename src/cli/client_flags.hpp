// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <bbgrant/client.hpp>

#include "cli/command.hpp"
#include "cli/settings.hpp"
#include "cli/wire_view.hpp"

namespace bbgrant::cli {

/// The flags of every command that talks to a server.
struct ClientFlags {
  std::string config;
  std::string server;
  bool verbose = false;
};

void declare_client_flags(CLI::App& parser, ClientFlags& flags);

/// Never reads the working directory (S98).
[[nodiscard]] Settings client_settings(const ClientFlags& flags, const Context& context);

/// The view of `-v`, on stderr. Null without it.
[[nodiscard]] std::shared_ptr<WireView> wire_view(const ClientFlags& flags, const Context& context,
                                                  WireView::Lane server);

/// Options for the client library that show each exchange in the view, if there is one.
[[nodiscard]] Options client_options(const std::shared_ptr<WireView>& view);

}  // namespace bbgrant::cli

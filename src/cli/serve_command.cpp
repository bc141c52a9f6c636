// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>

#include "app/app.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/loops.hpp"
#include "cli/client_settings.hpp"
#include "cli/command.hpp"
#include "cli/demo_consumer.hpp"
#include "cli/process.hpp"
#include "cli/sandbox_flags.hpp"
#include "cli/server_talk.hpp"
#include "http/server.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/served_operations.hpp"

namespace bbgrant::cli {
namespace {

constexpr std::uint16_t kAppPort = 3000;
constexpr std::uint16_t kSandboxPort = 7990;

struct Flags {
  SandboxFlags sandbox;
  std::string port;
  std::string sandbox_port;
  std::string server;
  bool no_sandbox = false;
};

bool uses_sandbox(const Config& config) {
  return !config.server || config.server->name_or_url == "sandbox";
}

// The command line's consumer is not the app's: the app needs one of its own for a real server.
app::Consumer app_consumer(const Config& config) {
  if (!uses_sandbox(config) && !config.consumer_key && !config.consumer_secret) {
    throw UsageError{
        "no consumer is set: put consumerKey and consumerSecret of that server into config.json"};
  }
  sandbox::DemoConsumer consumer = demo_consumer(config);
  return {std::move(consumer.key), std::move(consumer.secret)};
}

app::AppOptions app_options(const Config& config) {
  app::AppOptions options;
  options.consumer = app_consumer(config);
  options.port = config.port.value_or(kAppPort);
  if (config.callback_url) {
    options.callback_url = *config.callback_url;
  } else if (options.port != 0) {
    options.callback_url = "http://localhost:" + std::to_string(options.port) + "/oauth-callback";
  }
  if (config.scopes && !config.scopes->empty()) options.scopes = *config.scopes;
  if (uses_sandbox(config)) {
    sandbox::DemoConsumer consumer = demo_consumer_2026(config);
    options.consumer2026 = app::Consumer{std::move(consumer.key), std::move(consumer.secret)};
    options.sandbox = true;
  }
  return options;
}

Settings read_settings(const Flags& flags, const Context& context) {
  Config from_flags;
  if (!flags.port.empty()) set_flag(from_flags, "--port", "port", flags.port);
  if (!flags.server.empty()) set_flag(from_flags, "--server", "server", flags.server);
  if (!flags.sandbox_port.empty()) {
    if (!flags.sandbox.listen.empty()) {
      throw UsageError{
          "--sandbox-port and --listen exclude each other: put the port into --listen"};
    }
    set_flag(from_flags, "--sandbox-port", "sandboxPort", flags.sandbox_port);
  }
  return server_settings(std::move(from_flags), flags.sandbox, context);
}

// S94: no part starts alone. The app listens last, so its port is tried before the sandbox's opens.
void try_port(std::uint16_t port, base::EventLoops& loops, base::Log& log,
              const base::Clock& clock) {
  http::ServerOptions options;
  options.name = "app";
  options.port = port;
  http::Server{std::move(options), http::Router{}, loops, log, clock}.start();
}

ExitCode run(const Flags& flags, const Context& context) {
  // Everything that can be wrong in the settings is found before anything listens (S94).
  const Settings settings = read_settings(flags, context);
  const Config& config = settings.config;
  app::AppOptions options = app_options(config);
  const bool starts_sandbox = uses_sandbox(config) && !flags.no_sandbox;
  sandbox::Options sandbox_settings;
  if (starts_sandbox) {
    sandbox_settings = sandbox_options(flags.sandbox, settings);
    if (!options.callback_url.empty()) sandbox_settings.app_callback_url = options.callback_url;
    // The app is a client of this machine: it needs a way in beside the address for others.
    auto& addresses = sandbox_settings.listen_addresses;
    const auto reaches_us = [](const std::string& address) {
      return address == "0.0.0.0" || address == "::" || address == "::1" ||
             address.starts_with("127.");
    };
    if (!addresses.empty() && std::ranges::none_of(addresses, reaches_us)) {
      addresses.emplace_back("127.0.0.1");
    }
  } else {
    Options client;
    options.server = choose_server(config, client);
    options.authentication = client.authentication;
  }
  for (sandbox::ServedOperation& each : sandbox::served_operations()) {
    options.operations.push_back({std::move(each.method), std::move(each.path),
                                  std::move(each.scope), std::move(each.summary)});
  }

  StopSignals signals;
  base::Log log{log_level(flags.sandbox)};
  base::SystemClock clock;
  base::EventLoops loops{"app"};
  std::optional<sandbox::Sandbox> sandbox;
  std::string sandbox_origin;
  if (starts_sandbox) {
    if (options.port != 0) try_port(options.port, loops, log, clock);
    const bool other_name = sandbox_settings.base_url.has_value();
    sandbox.emplace(std::move(sandbox_settings), log);
    sandbox->start();
    // The public name need not lead back to this machine from inside of it.
    const bool tls = !flags.sandbox.tls_cert.empty();
    sandbox_origin = other_name ? (tls ? "https://localhost:" : "http://localhost:") +
                                      std::to_string(sandbox->port())
                                : sandbox->origin();
    // Its own sandbox's certificate is the one to trust, also if nobody else knows it.
    options.curl.ca_file = flags.sandbox.tls_cert;
    options.server = Server::sandbox(sandbox_origin);
  } else if (uses_sandbox(config)) {
    sandbox_origin =
        "http://localhost:" + std::to_string(config.sandbox_port.value_or(kSandboxPort));
  }
  if (!sandbox_origin.empty()) options.health_url = sandbox_origin + "/healthcheck";

  app::App app{std::move(options), loops, log, clock};
  app.start();
  if (sandbox && !config.callback_url) {
    sandbox->set_demo_callback(app.origin() + "/oauth-callback");
  }

  announce(
      context.output,
      {.app = app.origin(), .sandbox = sandbox ? std::optional{sandbox->origin()} : std::nullopt},
      settings, sandbox ? sandbox->warnings() : std::vector<std::string>{},
      flags.sandbox.ready_json);
  signals.wait();
  app.stop();
  if (sandbox) sandbox->stop();
  return ExitCode::kDone;
}

}  // namespace

Run declare_serve(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  parser.add_option("--port", flags->port, "The app's port (default: 3000; 0 takes a free one)")
      ->type_name("PORT");
  parser
      .add_option("--sandbox-port", flags->sandbox_port,
                  "The sandbox's port (default: 7990; 0 takes a free one)")
      ->type_name("PORT");
  parser
      .add_option("--server", flags->server,
                  "Whom the app asks: sandbox (default), bitbucket, or an issuer")
      ->type_name("SERVER");
  parser.add_flag("--no-sandbox", flags->no_sandbox, "Start the app only");
  declare_sandbox_flags(parser, flags->sandbox);
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

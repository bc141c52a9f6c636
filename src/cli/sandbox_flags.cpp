// SPDX-License-Identifier: MIT
#include "cli/sandbox_flags.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "cli/demo_consumer.hpp"
#include "cli/listen_address.hpp"
#include "cli/option.hpp"
#include "cli/terminal.hpp"
#include "cli/url.hpp"

namespace bbgrant::cli {
namespace {

constexpr std::uint16_t kSandboxPort = 7990;

std::optional<std::string> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

void apply_listen(const SandboxFlags& flags, std::optional<std::uint16_t> configured_port,
                  sandbox::Options& options) {
  std::optional<std::uint16_t> port;
  for (const std::string& text : flags.listen) {
    const auto address = parse_listen_address(text);
    if (!address) {
      throw UsageError{
          "--listen: expected an IP address with a port, such as 127.0.0.1:7990 or [::1]:7990"};
    }
    if (address->port && port && *port != *address->port) {
      throw UsageError{"--listen: expected the same port for every address"};
    }
    if (address->port) port = address->port;
    if (address->address.empty()) {
      options.listen_addresses.insert(options.listen_addresses.end(), {"127.0.0.1", "::1"});
    } else {
      options.listen_addresses.push_back(address->address);
    }
  }
  options.port = port.value_or(configured_port.value_or(kSandboxPort));
}

std::string checked_origin(const char* flag, const std::string& text) {
  const auto url = parse_url(text);
  const bool origin = url && url->is_origin() && url->port != 0;
  if (!origin) {
    throw UsageError{std::string{flag} +
                     ": expected an origin without a path, such as http://sandbox:7990"};
  }
  return text.ends_with('/') ? text.substr(0, text.size() - 1) : text;
}

}  // namespace

void declare_sandbox_flags(CLI::App& parser, SandboxFlags& flags) {
  parser.add_option("--config", flags.config, "Settings (default: ./config.json)")
      ->type_name("FILE");
  add_repeated(parser, "--listen", flags.listen,
               "Where the sandbox listens (default: 127.0.0.1 and [::1], port 7990)",
               "ADDRESS:PORT");
  parser.add_option("--base-url", flags.base_url, "How clients reach the sandbox, if otherwise")
      ->type_name("URL");
  parser.add_option("--data-dir", flags.data_dir, "Folder of the store and its key")
      ->type_name("DIR");
  parser
      .add_option("--store", flags.store,
                  "sqlite:FILE, postgresql://..., or memory, which leaves nothing on disk")
      ->type_name("STORE");
  parser
      .add_option("--key-file", flags.key_file,
                  "Key that seals secrets (default: in the data folder)")
      ->type_name("FILE");
  parser
      .add_option("--seed", flags.seed,
                  "Fills a new store with this in place of the demo data (docs/sandbox.md)")
      ->type_name("FILE");
  parser.add_flag("--control", flags.control,
                  "Let test suites steer the sandbox, under /_sandbox (docs/sandbox.md)");
  parser
      .add_option("--control-token-file", flags.control_token_file,
                  "Bearer that each control call needs; required off loopback")
      ->type_name("FILE");
  parser.add_flag("--control-any-store", flags.control_any_store,
                  "Let --control at a store with more than demo data");
  add_choice(parser, "--compat", flags.compat, "Bitbucket's rules of which year (default: 2019)",
             {"2019", "2026"});
  add_choice(parser, "--errors", flags.errors, "Whose error codes (default: bitbucket)",
             {"bitbucket", "rfc6749"});
  add_time(parser, "--access-token-ttl", flags.access_token_ttl, "Such as 90s, 15m, 2h");
  add_choice(parser, "--password-cost", flags.password_cost,
             "minimal: cheap sign-ins, for test suites only", {"standard", "minimal"});
  add_repeated(parser, "--trusted-proxy", flags.trusted_proxies,
               "Proxies whose X-Forwarded-For is believed", "CIDR");
  parser.add_flag("--public-metrics", flags.public_metrics,
                  "Answer /metrics to every address, not to this machine alone");
  add_repeated(parser, "--cors-origin", flags.cors_origins,
               "Pages of these origins may read the answers", "ORIGIN");
  parser.add_option("--tls-cert", flags.tls_cert, "Serve https alone, with this chain (PEM)")
      ->type_name("FILE");
  parser.add_option("--tls-key", flags.tls_key, "The certificate's key (PEM)")->type_name("FILE");
  parser.add_flag("--allow-demo", flags.allow_demo,
                  "Serve the demo accounts on addresses that are not loopback");
  parser.add_flag("--ready-json", flags.ready_json,
                  "Once everything answers, print the addresses as one line of JSON");
  add_choice(parser, "--log-level", flags.log_level, "Default: warning on a terminal, else info",
             {"debug", "info", "warning", "error", "off"});
}

Settings server_settings(Config from_flags, const SandboxFlags& flags, const Context& context) {
  if (!flags.data_dir.empty()) set_flag(from_flags, "--data-dir", "dataDir", flags.data_dir);
  if (!flags.store.empty()) set_flag(from_flags, "--store", "store", flags.store);
  Settings settings = resolve_settings(std::move(from_flags), given(flags.config),
                                       ConfigFile::kWorkingDirectory, context.environment);
  // The store or its key would be in it.
  const std::string store = settings.config.store.value_or("sqlite:");
  if (settings.data_dir.empty() && store.starts_with("sqlite:") &&
      (!settings.config.store || flags.key_file.empty())) {
    throw UsageError{"there is no folder for the data: set --data-dir, or HOME"};
  }
  return settings;
}

sandbox::Options sandbox_options(const SandboxFlags& flags, const Settings& settings) {
  const Config& config = settings.config;
  sandbox::Options options;
  apply_listen(flags, config.sandbox_port, options);
  if (!flags.base_url.empty()) options.base_url = checked_origin("--base-url", flags.base_url);
  options.store = config.store.value_or("");
  options.data_dir = settings.data_dir;
  options.key_file = flags.key_file;
  options.seed_file = flags.seed;
  options.control = flags.control;
  options.control_token_file = flags.control_token_file;
  options.control_any_store = flags.control_any_store;
  if (!flags.control && (!flags.control_token_file.empty() || flags.control_any_store)) {
    throw UsageError{"--control-token-file and --control-any-store go with --control"};
  }
  if (!flags.compat.empty()) options.compat = flags.compat;
  if (!flags.errors.empty()) options.errors = flags.errors;
  if (flags.access_token_ttl.count() != 0) options.access_token_ttl = flags.access_token_ttl;
  if (flags.password_cost == "minimal") options.password_cost = sandbox::PasswordCost::kMinimal;
  options.allow_demo = flags.allow_demo;
  options.public_metrics = flags.public_metrics;
  options.trusted_proxies = flags.trusted_proxies;
  if (flags.tls_cert.empty() != flags.tls_key.empty()) {
    throw UsageError{"--tls-cert and --tls-key go together"};
  }
  options.tls_certificate_file = flags.tls_cert;
  options.tls_key_file = flags.tls_key;
  for (const std::string& origin : flags.cors_origins) {
    options.cors_origins.push_back(checked_origin("--cors-origin", origin));
  }
  options.demo_consumer = demo_consumer(config);
  options.demo_consumer_2026 = demo_consumer_2026(config);
  if (config.callback_url) options.app_callback_url = *config.callback_url;
  return options;
}

base::LogLevel log_level(const SandboxFlags& flags) {
  if (flags.log_level == "debug") return base::LogLevel::kDebug;
  if (flags.log_level == "info") return base::LogLevel::kInfo;
  if (flags.log_level == "warning") return base::LogLevel::kWarning;
  if (flags.log_level == "error") return base::LogLevel::kError;
  if (flags.log_level == "off") return base::LogLevel::kOff;
  return is_terminal(STDERR_FILENO) ? base::LogLevel::kWarning : base::LogLevel::kInfo;
}

}  // namespace bbgrant::cli

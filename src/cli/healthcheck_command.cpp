// SPDX-License-Identifier: MIT
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <bbgrant/error.hpp>
#include <bbgrant/transport.hpp>

#include "cli/command.hpp"
#include "cli/settings.hpp"
#include "cli/terminal.hpp"
#include "cli/url.hpp"

namespace bbgrant::cli {
namespace {

struct Flags {
  std::string target = "app";
  std::string config;
};

std::string local_url(std::uint16_t port) {
  return "http://localhost:" + std::to_string(port) + "/healthcheck";
}

std::string url_of(const Flags& flags, const Environment& environment) {
  if (parse_url(flags.target)) return flags.target;
  const auto config_flag = flags.config.empty() ? std::nullopt : std::optional{flags.config};
  const Settings settings = resolve_settings({}, config_flag, ConfigFile::kUserFolder, environment);
  if (flags.target == "app") return local_url(settings.config.port.value_or(3000));
  if (flags.target == "sandbox") return local_url(settings.config.sandbox_port.value_or(7990));
  throw UsageError{"expected app, sandbox, or the URL of a health address"};
}

}  // namespace

Run declare_healthcheck(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  parser.add_option("target", flags->target, "app (default), sandbox, or a URL");
  parser.add_option("--config", flags->config, "A config.json that names the ports")
      ->type_name("FILE");
  parser.footer("Exits 0 when it is well, 1 when it is not, 5 when it does not answer.");
  return [flags, &context] {
    HttpRequest request;
    request.url = url_of(*flags, context.environment);
    request.timeout = std::chrono::seconds{5};
    request.body_limit = std::size_t{64} * 1024;
    try {
      const HttpResponse response = curl_transport()->send(request);
      const bool well = response.status >= 200 && response.status < 400;
      std::string body = response.body;
      if (!body.ends_with('\n')) body += '\n';
      if (context.output.data_to_terminal()) body = escape_controls(body);
      context.output.data(body);
      if (well) return ExitCode::kDone;
      throw Failure{ExitCode::kFailure,
                    request.url + " answered " + std::to_string(response.status)};
    } catch (const TransportError& error) {
      throw Failure{ExitCode::kUnreachable, error.what()};
    }
  };
}

}  // namespace bbgrant::cli

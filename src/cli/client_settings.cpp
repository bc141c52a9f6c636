// SPDX-License-Identifier: MIT
#include "cli/client_settings.hpp"

#include <utility>

#include <bbgrant/discovery.hpp>

#include "cli/url.hpp"
#include "sandbox/sandbox.hpp"

namespace bbgrant::cli {
namespace {

constexpr std::uint16_t kSandboxPort = 7990;

}  // namespace

std::optional<Server> named_server(const Config& config) {
  const ServerChoice choice = config.server.value_or(ServerChoice{"sandbox", {}, {}, {}, {}});
  if (choice.name_or_url == "sandbox") {
    const std::uint16_t port = config.sandbox_port.value_or(kSandboxPort);
    if (port == 0) {
      throw UsageError{
          "sandboxPort is 0, which takes any free port: name the one that the sandbox printed, "
          "with --server http://localhost:PORT"};
    }
    return Server::sandbox("http://localhost:" + std::to_string(port));
  }
  if (choice.name_or_url == "bitbucket") return Server::bitbucket();
  if (!choice.name_or_url.empty()) return std::nullopt;
  Server server;
  server.authorize_url = choice.authorize_url;
  server.token_url = choice.token_url;
  server.revoke_url = choice.revoke_url;
  server.api_url = choice.api_url;
  return server;
}

Server choose_server(const Config& config, Options& options) {
  if (auto server = named_server(config)) return std::move(*server);
  const std::string url = config.server ? config.server->name_or_url : std::string{};
  try {
    Discovery found = discover(url, options);
    options.authentication = found.authentication;
    return std::move(found.server);
  } catch (const ProtocolError& error) {
    const auto parsed = parse_url(url);
    const bool local = parsed && parsed->is_loopback() && parsed->is_origin();
    if (error.status() != 404 || !local) throw;
    return Server::sandbox(url);
  }
}

void check_consumer(const Config& config, std::string_view url) {
  if (config.consumer_key && config.consumer_secret) return;
  if (config.consumer_key) {
    throw UsageError{
        "consumerKey is set, but not consumerSecret: set BBGRANT_CONSUMER_SECRET or put both into "
        "the file for --config"};
  }
  if (config.consumer_secret) {
    throw UsageError{
        "consumerSecret is set, but not consumerKey: set BBGRANT_CONSUMER_KEY or put both into the "
        "file for --config"};
  }
  const auto parsed = parse_url(url);
  if (!parsed || !parsed->is_loopback()) {
    throw UsageError{
        "no consumer is set, and the demo consumer is for the sandbox on this machine only: set "
        "BBGRANT_CONSUMER_KEY and BBGRANT_CONSUMER_SECRET, or put consumerKey and consumerSecret "
        "into the file for --config"};
  }
}

Consumer choose_consumer(const Config& config, const Server& server) {
  check_consumer(config, server.token_url);
  if (config.consumer_key && config.consumer_secret) {
    return {ConsumerKey{*config.consumer_key}, config.consumer_secret->copy()};
  }
  return {ConsumerKey{sandbox::kCommandLineKey},
          Secret{std::string_view{sandbox::kCommandLineSecret}}};
}

}  // namespace bbgrant::cli

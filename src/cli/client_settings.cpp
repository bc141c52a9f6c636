// SPDX-License-Identifier: MIT
#include "cli/client_settings.hpp"

#include <utility>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "sandbox/sandbox.hpp"

namespace bbgrant::cli {
namespace {

constexpr std::uint16_t kSandboxPort = 7990;

bool has_no_path(std::string_view url) {
  const auto parsed = boost::urls::parse_absolute_uri(url);
  return parsed && !parsed->has_query() &&
         (parsed->encoded_path().empty() || parsed->encoded_path() == "/");
}

}  // namespace

bool is_loopback_url(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return false;
  switch (parsed->host_type()) {
    case boost::urls::host_type::ipv4:
      return parsed->host_ipv4_address().is_loopback();
    case boost::urls::host_type::ipv6:
      return parsed->host_ipv6_address().is_loopback();
    case boost::urls::host_type::name:
      return parsed->host_name() == "localhost";
    case boost::urls::host_type::none:
    case boost::urls::host_type::ipvfuture:
      return false;
  }
  return false;
}

Server choose_server(const Config& config) {
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
  if (choice.name_or_url.empty()) {
    Server server;
    server.authorize_url = choice.authorize_url;
    server.token_url = choice.token_url;
    server.revoke_url = choice.revoke_url;
    server.api_url = choice.api_url;
    return server;
  }
  if (is_loopback_url(choice.name_or_url) && has_no_path(choice.name_or_url)) {
    return Server::sandbox(choice.name_or_url);
  }
  throw UsageError{
      "server: this version does not yet look up the endpoints behind a server's URL: write them "
      "into the file for --config, as \"server\": {\"tokenUrl\": \"...\", \"apiUrl\": \"...\"}"};
}

Consumer choose_consumer(Config& config, const Server& server) {
  if (config.consumer_key && config.consumer_secret) {
    return {ConsumerKey{std::move(*config.consumer_key)}, std::move(*config.consumer_secret)};
  }
  if (config.consumer_key || config.consumer_secret) {
    throw UsageError{
        config.consumer_key
            ? "consumerKey is set, but not consumerSecret: set BBGRANT_CONSUMER_SECRET "
              "or put both into the file for --config"
            : "consumerSecret is set, but not consumerKey: set BBGRANT_CONSUMER_KEY or "
              "put both into the file for --config"};
  }
  // S98: its secret is public, but a password sent along with it would not be.
  if (!is_loopback_url(server.token_url)) {
    throw UsageError{
        "no consumer is set, and the demo consumer is for the sandbox on this machine only: set "
        "BBGRANT_CONSUMER_KEY and BBGRANT_CONSUMER_SECRET, or put consumerKey and consumerSecret "
        "into the file for --config"};
  }
  return {ConsumerKey{sandbox::kCommandLineKey},
          Secret{std::string_view{sandbox::kCommandLineSecret}}};
}

}  // namespace bbgrant::cli

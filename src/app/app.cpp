// SPDX-License-Identifier: MIT
#include "app/app.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>

#include "app/endpoints.hpp"
#include "app/site.hpp"
#include "app/url_parts.hpp"
#include "base/log.hpp"
#include "base/start_error.hpp"
#include "http/metrics.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

namespace bbgrant::app {

namespace {

std::string sentence_for(http::ErrorReason reason) {
  switch (reason) {
    case http::ErrorReason::kNotFound:
      return "There is no such page";
    case http::ErrorReason::kMethodNotAllowed:
    case http::ErrorReason::kUnknownMethod:
      return "This address does not take that method";
    case http::ErrorReason::kBadRequest:
    case http::ErrorReason::kBadTarget:
    case http::ErrorReason::kTargetTooLong:
    case http::ErrorReason::kHeadersTooLarge:
    case http::ErrorReason::kUnsupportedEncoding:
      return "The request could not be read";
    case http::ErrorReason::kBodyTooLarge:
      return "The form is too large";
    case http::ErrorReason::kTimeout:
      return "The request took too long to arrive";
    case http::ErrorReason::kWrongHost:
      return "This program does not answer under that name";
    case http::ErrorReason::kFault:
    case http::ErrorReason::kUnavailable:
      return "Something went wrong here. It was logged";
  }
  return "Something went wrong here";
}

http::Response error_page(const Site& site, const http::Request* request,
                          const http::ErrorInfo& info) {
  const std::string sentence = sentence_for(info.reason);
  if (request != nullptr && wants_json(*request)) {
    return json_error(info.status, info.status >= 500 ? "server_error" : "invalid_request",
                      fmt::format("{}. Request {}.", sentence, info.id));
  }
  return notice_page(
      site, info.status,
      {.title = sentence,
       .paragraphs = {info.status >= 500 ? "What you typed was not kept here. Go back, and try "
                                           "again in a moment."
                                         : "Nothing was changed. The pages are named above.",
                      fmt::format("Request {}.", info.id)}});
}

/// Links, policies and health looks are made of these addresses: one that cannot be taken apart is
/// refused before anything starts (S94).
AppOptions judged(AppOptions options) {
  for (const std::string_view url :
       {options.server.authorize_url, options.server.token_url, options.server.revoke_url,
        options.server.api_url, options.callback_url, options.health_url}) {
    if (!url.empty() && !url_parts(url)) {
      throw base::StartError(fmt::format(
          "{}: use an http or https URL; a host that begins with an IP address is not taken", url));
    }
  }
  return options;
}

}  // namespace

struct App::Parts {
  Parts(AppOptions options, base::EventLoops& loops, base::Log& log, const base::Clock& clock)
      : site(judged(std::move(options)), log, clock),
        server(server_options(), routes(), loops, log, clock) {}

  http::ServerOptions server_options() {
    http::ServerOptions options;
    options.name = "app";
    options.port = site.options.port;
    options.error_page = [this](const http::Request* request, const http::ErrorInfo& info) {
      try {
        return error_page(site, request, info);
      } catch (const std::exception& error) {
        site.log.error("error_page", {{"what", error.what()}});
        return http::plain_error_page(request, info);
      }
    };
    return options;
  }

  http::Router routes() {
    http::Router router;
    add_routes(site, router);
    // Runs once the server is there.
    const auto metrics = [this](http::Request& request) -> boost::asio::awaitable<http::Response> {
      co_return http::metrics_answer(server, "app", request, http::MetricsFor::kLoopback);
    };
    router.add(http::Method::kGet, "/metrics", metrics, {.max_body = 0, .quiet = true});
    return router;
  }

  Site site;
  http::Server server;
};

App::App(AppOptions options, base::EventLoops& loops, base::Log& log, const base::Clock& clock)
    : parts_(std::make_unique<Parts>(std::move(options), loops, log, clock)) {}

App::~App() { stop(std::chrono::milliseconds{0}); }

void App::start() {
  parts_->server.start();
  parts_->site.port = port();
  parts_->site.health.start();
}

std::uint16_t App::port() const noexcept { return parts_->server.port(); }

std::string App::origin() const { return fmt::format("http://localhost:{}", port()); }

void App::stop(std::chrono::milliseconds grace) {
  parts_->site.health.stop();
  parts_->server.stop(grace);
  parts_->site.calls.cancel();
  parts_->site.executor.stop();
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#include "app/site.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "http/cookie.hpp"
#include "pages/page.hpp"

namespace bbgrant::app {

namespace {

// Enough for a class that presses the button at once; a call holds a thread for milliseconds.
constexpr std::size_t kCallThreads = 8;
constexpr std::size_t kWaitingCalls = 256;

std::string cookie_name(const http::Request& request) {
  // Cookies know no port: two apps on localhost must not sign each other out (S89). The port is the
  // one that the browser used, which may be another than ours.
  const std::size_t colon = request.host.rfind(':');
  const std::string port =
      colon == std::string::npos ? std::string{} : request.host.substr(colon + 1);
  std::string name = port.empty() || port == "3000" || port.back() == ']'
                         ? std::string{"bbgrant_app"}
                         : "bbgrant_app_" + port;
  return request.secure ? "__Host-" + name : name;
}

TourContext context_of(const Site& site, std::string app_host) {
  return {.server = site.options.server,
          .consumer_key = site.options.consumer.key,
          .consumer_secret = site.options.consumer.secret,
          .demo = site.options.sandbox,
          .default_scopes = site.options.scopes,
          .version = site.options.version,
          .app_host = std::move(app_host),
          .now = site.clock.now()};
}

}  // namespace

Site::Site(AppOptions given, base::Log& log_, const base::Clock& clock_)
    : options(std::move(given)),
      log(log_),
      clock(clock_),
      calls(options.server, options.consumer, options.timeout, clock),
      sessions(SessionLimits{}, clock),
      health(options.health_url, options.version, calls, clock),
      executor({.name = "app-calls", .threads = kCallThreads, .max_queue = kWaitingCalls}, clock) {}

std::string session_id(const http::Request& request) {
  return std::string{request.cookie(cookie_name(request)).value_or(std::string_view{})};
}

Sessions::Opened visitor(Site& site, const http::Request& request) {
  std::string id = session_id(request);
  if (auto session = site.sessions.find(id)) return {std::move(id), std::move(session)};
  return site.sessions.open();
}

void set_session_cookie(const http::Request& request, std::string_view id,
                        http::Response& response) {
  http::add_cookie(response, {.name = cookie_name(request),
                              .value = std::string{id},
                              .secure = request.secure,
                              .max_age = std::nullopt});
}

void expire_session_cookie(const http::Request& request, http::Response& response) {
  http::add_cookie(response, {.name = cookie_name(request),
                              .value = {},
                              .secure = request.secure,
                              .max_age = std::chrono::seconds{0}});
}

http::Response tour_page(const Site& site, const http::Request& request, const SessionState& state,
                         const TourRequest& asked, int status) {
  return pages::page(status, "tour", tour_view(state, context_of(site, request.host), asked));
}

http::Response notice_page(const Site& site, int status, const Notice& notice) {
  const nlohmann::json view{
      {"layout", layout_view({}, context_of(site, {}), notice.title + " · bbgrant", "")},
      {"title", notice.title},
      {"paragraphs", notice.paragraphs},
      {"href", notice.href},
      {"label", notice.label}};
  return pages::page(status, "notice", view);
}

nlohmann::json site_layout(const Site& site, const http::Request& request,
                           const SessionState& state, std::string_view title,
                           std::string_view path) {
  return layout_view(state, context_of(site, request.host), title, path);
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#include "app/site.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/url_parts.hpp"
#include "base/clock.hpp"
#include "http/cookie.hpp"
#include "pages/page.hpp"

namespace bbgrant::app {

namespace {

// Enough for a class that presses the button at once; a call holds a thread for milliseconds.
constexpr std::size_t kCallThreads = 8;
constexpr std::size_t kWaitingCalls = 256;

std::string cookie_name(const http::Request& request) {
  return http::cookie_name(request, "bbgrant_app", "3000");
}

TourContext context_of(const Site& site, const SessionState& state, std::string app_host) {
  const Consumer& consumer = consumer_of(site, state);
  return {.server = site.options.server,
          .consumer_key = consumer.key,
          .consumer_secret = consumer.secret,
          .can_switch = site.options.consumer2026.has_value(),
          .demo = site.options.sandbox,
          .default_scopes = site.options.scopes,
          .version = site.options.version,
          .app_host = std::move(app_host),
          .now = site.clock.now()};
}

}  // namespace

const Consumer& consumer_of(const Site& site, const SessionState& state) {
  return state.consumer == 1 && site.options.consumer2026 ? *site.options.consumer2026
                                                          : site.options.consumer;
}

Site::Site(AppOptions given, base::Log& log_, const base::Clock& clock_)
    : options(std::move(given)),
      log(log_),
      clock(clock_),
      calls(options, clock),
      sessions(SessionLimits{}, clock),
      health(options.health_url, options.version, calls, clock, options.curl.ca_file),
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
  return pages::page(status, "tour",
                     tour_view(state, context_of(site, state, request.host), asked));
}

std::string callback_url(const Site& site) {
  if (!site.options.callback_url.empty()) return site.options.callback_url;
  return fmt::format("http://localhost:{}/oauth-callback", site.port.load());
}

http::Response notice_page(const Site& site, int status, const Notice& notice) {
  const nlohmann::json view{
      {"layout", layout_view({}, context_of(site, {}, {}), notice.title + " · bbgrant", "")},
      {"title", notice.title},
      {"paragraphs", notice.paragraphs},
      {"href", notice.href},
      {"label", notice.label}};
  return pages::page(status, "notice", view);
}

nlohmann::json page_view(const Site& site, const http::Request& request, const SessionState& state,
                         std::string_view title, std::string_view path) {
  return {{"layout", layout_view(state, context_of(site, state, request.host), title, path)},
          {"csrf", state.csrf}};
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "app/app.hpp"
#include "app/health.hpp"
#include "app/server_calls.hpp"
#include "app/sessions.hpp"
#include "app/tour_view.hpp"
#include "base/executor.hpp"
#include "http/form.hpp"
#include "http/message.hpp"

namespace bbgrant::app {

/// What the app's endpoints share. Its parts are thread-safe; the rest does not change.
struct Site {
  Site(AppOptions given, base::Log& log_, const base::Clock& clock_);

  AppOptions options;
  /// Set once the app listens.
  std::atomic<std::uint16_t> port = 0;
  base::Log& log;
  const base::Clock& clock;
  ServerCalls calls;
  Sessions sessions;
  Health health;
  /// Last, so that it stops first: its jobs use the rest.
  base::Executor executor;
};

/// The visitor's session by the cookie of the request, or a new one.
[[nodiscard]] Sessions::Opened visitor(Site& site, const http::Request& request);

/// Gives the browser its session id.
void set_session_cookie(const http::Request& request, std::string_view id,
                        http::Response& response);
/// Takes it away again, by name (S50, S89).
void expire_session_cookie(const http::Request& request, http::Response& response);
/// The id that the browser sent, or empty.
[[nodiscard]] std::string session_id(const http::Request& request);

/// The tour as it stands.
[[nodiscard]] http::Response tour_page(const Site& site, const http::Request& request,
                                       const SessionState& state, const TourRequest& asked,
                                       int status = 200);

/// A page with a few sentences and one way on.
struct Notice {
  std::string title;
  std::vector<std::string> paragraphs;
  std::string href = "/";
  std::string label = "Back to the tour";
};
/// What every page needs: its layout and the form token.
[[nodiscard]] nlohmann::json page_view(const Site& site, const http::Request& request,
                                       const SessionState& state, std::string_view title,
                                       std::string_view path);

/// The key and secret that the session's next run will use.
[[nodiscard]] const Consumer& consumer_of(const Site& site, const SessionState& state);

/// Where the authorization server sends the browser back to.
[[nodiscard]] std::string callback_url(const Site& site);

[[nodiscard]] http::Response notice_page(const Site& site, int status, const Notice& notice);

/// The person at the other end is a program that asked for JSON.
[[nodiscard]] bool wants_json(const http::Request& request);
/// An error of this app's own, in the shape of RFC 6749 section 5.2.
[[nodiscard]] http::Response json_error(int status, std::string_view error,
                                        std::string_view description);

/// A form that may be acted on.
struct Posted {
  http::Form form;
  /// Null for a script, which has no session (S47).
  std::shared_ptr<Session> session;
  std::string id;
};

enum class Scripts { kAllowed, kRefused };

/// Reads a form and checks where it came from: same origin, session, form token (S47). What fails
/// is answered: with JSON where that was asked for, else with a page on which nothing typed is lost
/// but the password.
[[nodiscard]] std::variant<Posted, http::Response> accept_form(Site& site, http::Request& request,
                                                               Scripts scripts);

}  // namespace bbgrant::app

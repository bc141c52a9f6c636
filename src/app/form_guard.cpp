// SPDX-License-Identifier: MIT
// Which forms are acted on: the check against cross-site request forgery (S47) of site.hpp.
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/site.hpp"
#include "base/log.hpp"

namespace bbgrant::app {

namespace {

http::Response foreign(const Site& site, const http::Request& request) {
  if (wants_json(request)) {
    return json_error(403, "access_denied",
                      "This request came from another site. Send it without Origin and cookies.");
  }
  return notice_page(
      site, 403,
      {.title = "Not from here",
       .paragraphs = {"This form was sent by a page that is not this app's, so "
                      "nothing was done with it.",
                      "If you did not send it yourself, another page tried to act in "
                      "your name. Sending it from the tour works. A script asks for "
                      "JSON, and sends no cookie."}});
}

/// The session or the form's token is gone: the page is shown again with what was typed.
http::Response outdated(Site& site, const http::Request& request, const http::Form& form) {
  if (wants_json(request)) {
    return json_error(403, "access_denied",
                      "The form token is missing or belongs to a session that has ended. A script "
                      "needs none when it sends neither cookies nor Origin.");
  }
  const Sessions::Opened opened = visitor(site, request);
  SessionState state = opened.session->snapshot();
  if (form.has("username")) {
    // Only for this answer: the browser said that the form is our own, but nobody proved it.
    state.form_username = std::string{form.get("username")->substr(0, 256)};
    std::string scopes;
    for (const auto& [name, value] : form) {
      if (name == "scope") scopes += value.substr(0, 256) + " ";
    }
    state.form_scopes = Scopes::read(scopes);
  }
  nlohmann::json lesson{
      {"title", "This page was out of date"},
      {"happened", nlohmann::json::array({{{"text",
                                            "The form's token did not fit your session, so nothing "
                                            "was sent to any server."},
                                           {"kind", ""}}})},
      {"means",
       "A session ends after 30 minutes without use, and signing in elsewhere in this "
       "browser starts a new one. The token shows that a form came from this page and "
       "this session, and not from a page that wants to act in your name."},
      {"todo", "Send it again from here. What you typed is still there, but for the password."},
      {"actions", nlohmann::json::array({{{"label", "Back to the form"},
                                          {"href", "#credentials"},
                                          {"primary", true},
                                          {"action", ""}}})},
      {"refused", true},
      {"icon", "i-cross"}};
  http::Response response =
      tour_page(site, request, state, {.exchange = 0, .notice = &lesson}, 403);
  set_session_cookie(request, opened.id, response);
  return response;
}

http::Response malformed(const Site& site, const http::Request& request, int status,
                         const std::string& why) {
  if (wants_json(request)) return json_error(status, "invalid_request", why);
  return notice_page(site, status,
                     {.title = "The form could not be read",
                      .paragraphs = {why, "Nothing was sent to any server."}});
}

}  // namespace

bool wants_json(const http::Request& request) {
  const auto accept = request.headers.find("Accept");
  return accept && accept->find("application/json") != std::string_view::npos &&
         accept->find("text/html") == std::string_view::npos;
}

http::Response json_error(int status, std::string_view error, std::string_view description) {
  const nlohmann::ordered_json body{{"error", error}, {"error_description", description}};
  return http::Response::json(status, body.dump())
      .with("Cache-Control", "no-store")
      .with("Pragma", "no-cache");
}

std::variant<Posted, http::Response> accept_form(Site& site, http::Request& request,
                                                 Scripts scripts) {
  if (!http::is_form(request)) {
    return malformed(site, request, 415,
                     "The body must be a form: Content-Type: application/x-www-form-urlencoded.");
  }
  auto parsed = http::parse_form(request.body);
  request.wipe_body();
  if (const auto* fault = std::get_if<http::FormFault>(&parsed)) {
    return malformed(site, request, 400,
                     fmt::format("The form is malformed: {}.", http::describe(*fault)));
  }
  Posted posted{.form = std::move(std::get<http::Form>(parsed)), .session = nullptr, .id = {}};
  for (const std::string_view name : {"username", "password", "grant_type", "csrf"}) {
    if (posted.form.is_repeated(name)) {
      return malformed(site, request, 400, fmt::format("The field {} stands twice.", name));
    }
  }
  if (http::is_foreign(request)) {
    site.log.warning("form_refused", {{"why", "foreign_origin"}, {"request", request.id}});
    return foreign(site, request);
  }
  const bool script =
      wants_json(request) && !request.headers.has("Cookie") && !request.headers.has("Origin");
  if (script && scripts == Scripts::kAllowed) return posted;
  posted.id = session_id(request);
  posted.session = site.sessions.find(posted.id);
  const auto token = posted.form.get("csrf");
  if (posted.session == nullptr || !token || !posted.session->is_csrf_token(*token)) {
    site.log.event("form_refused", {{"why", "form_token"}, {"request", request.id}});
    return outdated(site, request, posted.form);
  }
  return posted;
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
// The two grants in which the browser goes to the authorization server: the way there, by a page
// that shows the address, and the way back.
#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/endpoints.hpp"
#include "app/site.hpp"
#include "app/url_parts.hpp"
#include "base/clock.hpp"
#include "pages/page.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

struct Meaning {
  std::string_view name;
  std::string_view colour;
  std::string_view words;
};

constexpr Meaning kMeanings[] = {
    {"response_type", "", "what is to come back: a code, or the token itself"},
    {"client_id", "client", "which app asks: its key, never its secret"},
    {"redirect_uri", "client", "where the browser is to come back to; registered beforehand"},
    {"scope", "", "what the token may do"},
    {"state", "client", "made up for this browser: the answer counts only if it brings this back"},
    {"code_challenge", "client",
     "the hash of a secret that the app keeps: who steals the code cannot trade it (PKCE)"},
    {"code_challenge_method", "", "how it was hashed"},
};

json fields_of(std::string_view url) {
  const auto parsed = http::parse_form(url.substr(std::min(url.find('?'), url.size() - 1) + 1));
  const auto* form = std::get_if<http::Form>(&parsed);
  json fields = json::array();
  if (form == nullptr) return fields;
  for (const auto& [name, value] : *form) {
    const auto* known = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                     [&](const Meaning& each) { return each.name == name; });
    const bool is_known = known != std::end(kMeanings);
    fields.push_back({{"name", name},
                      {"value", value},
                      {"colour", is_known ? known->colour : std::string_view{}},
                      {"words", is_known ? known->words : std::string_view{}}});
  }
  return fields;
}

http::Response not_started(const Site& site, const http::Request& request, int status,
                           std::string why) {
  if (wants_json(request)) return json_error(status, "invalid_request", why);
  return notice_page(site, status,
                     {.title = "No sign-in was started here",
                      .paragraphs = {std::move(why)},
                      .href = "/grants#leave",
                      .label = "To the grants"});
}

/// S88: whatever the answer says was not asked for, so none of it is shown.
http::Response not_awaited(const Site& site, const http::Request& request) {
  return not_started(site, request, 400,
                     "This address takes the answer of an authorization server. No sign-in of this "
                     "browser waits for this one: it was never started here, it took more than ten "
                     "minutes, or its answer came already. It was not used.");
}

boost::asio::awaitable<http::Response> finish(Site& site, const http::Request& request,
                                              std::string id, std::shared_ptr<Session> session,
                                              Awaited awaited, ServerCalls::Ask ask) {
  session->use_consumer(awaited.consumer);
  Start start{.grant = awaited.grant, .scopes = awaited.authorization.scopes, .ask = {}};
  start.ask = std::move(ask);
  co_await run_grant(site, request, std::move(session), std::move(start));
  const Sessions::Opened renewed = site.sessions.renew(id);
  http::Response response = http::Response::redirect(awaited.back);
  set_session_cookie(request, renewed.id, response);
  co_return response;
}

}  // namespace

http::Response send_away(Site& site, const http::Request& request, const Posted& posted,
                         Away away) {
  const std::string callback = callback_url(site);
  if (site.options.server.authorize_url.empty()) {
    return not_started(site, request, 400, "This server has no authorization endpoint.");
  }
  if (host_of(callback) != request.host) {
    // The cookie would not be there when the browser comes back.
    return not_started(site, request, 400,
                       fmt::format("The answer would come back to {}, and this page was opened "
                                   "under another name. Open it there, and start again.",
                                   callback));
  }
  const std::size_t consumer = posted.session->snapshot().consumer;
  posted.session->await(
      {.authorization = site.calls.begin(consumer, away.grant, RedirectUri{callback}, away.scopes),
       .grant = away.grant,
       .back = std::move(away.back),
       .consumer = consumer,
       .begun = site.clock.monotonic()});
  return http::Response::redirect("/leave");
}

/// The address that the browser goes to by a link. Not by a redirect: browsers apply form-action to
/// every redirect after a POST, and a real server's sign-in page may stand on hosts that nobody
/// here knows.
boost::asio::awaitable<http::Response> get_leave(Site& site, http::Request& request) {
  const Sessions::Opened opened = visitor(site, request);
  const std::string url = opened.session->awaited_address();
  const auto parts = url_parts(url);
  if (!parts) co_return http::Response::redirect("/grants#leave");
  json view = page_view(site, request, opened.session->snapshot(), "To the sign-in · bbgrant", "");
  view["url"] = url;
  view["host"] = parts->host;
  view["path"] = parts->path;
  view["fields"] = fields_of(url);
  view["implicit"] = url.find("response_type=token") != std::string::npos;
  http::Response response = pages::page(200, "leave", view);
  set_session_cookie(request, opened.id, response);
  co_return response;
}

boost::asio::awaitable<http::Response> finish_authorization(Site& site,
                                                            const http::Request& request,
                                                            const http::Form& answer) {
  const std::string id = session_id(request);
  const auto session = site.sessions.find(id);
  auto awaited = session == nullptr
                     ? std::nullopt
                     : session->take_awaited(answer.get("state").value_or(std::string_view{}),
                                             site.clock.monotonic());
  if (!awaited) co_return not_awaited(site, request);
  const auto held = std::make_shared<Authorization>(std::move(awaited->authorization));
  awaited->authorization.scopes = held->scopes;
  ServerCalls::Ask ask = [held, query = request.query](const Client& client,
                                                       std::chrono::milliseconds timeout,
                                                       std::stop_token stop) {
    return client.finish_authorization(std::move(*held), query, timeout, std::move(stop));
  };
  co_return co_await finish(site, request, id, session, *std::move(awaited), std::move(ask));
}

boost::asio::awaitable<http::Response> fragment_page(Site& site, const http::Request& request) {
  const Sessions::Opened opened = visitor(site, request);
  if (!opened.session->awaits_fragment()) co_return http::Response::redirect("/#step-3");
  http::Response response = pages::page(
      200, "fragment",
      page_view(site, request, opened.session->snapshot(), "The implicit grant · bbgrant", ""));
  set_session_cookie(request, opened.id, response);
  co_return response;
}

boost::asio::awaitable<http::Response> post_fragment(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  Posted posted = std::get<Posted>(std::move(accepted));
  const auto fragment = std::make_shared<const Secret>(posted.form.take_secret("answer"));
  const auto parsed = http::parse_form(fragment->reveal());
  const auto* answer = std::get_if<http::Form>(&parsed);
  const std::string_view state =
      answer == nullptr ? std::string_view{} : answer->get("state").value_or(std::string_view{});
  auto awaited = posted.session->take_awaited(state, site.clock.monotonic());
  if (!awaited || awaited->grant != Grant::kImplicit) co_return not_awaited(site, request);
  const auto held = std::make_shared<Authorization>(std::move(awaited->authorization));
  awaited->authorization.scopes = held->scopes;
  ServerCalls::Ask ask = [&site, held, fragment](const Client&, std::chrono::milliseconds,
                                                 const std::stop_token&) {
    return judge_implicit_callback(*held, site.options.server, fragment->reveal(),
                                   site.clock.now());
  };
  co_return co_await finish(site, request, posted.id, posted.session, *std::move(awaited),
                            std::move(ask));
}

}  // namespace bbgrant::app

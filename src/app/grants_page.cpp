// SPDX-License-Identifier: MIT
// /grants: the grants side by side, each run for real.
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/demo_accounts.hpp"
#include "app/diagram_view.hpp"
#include "app/endpoints.hpp"
#include "app/shown_text.hpp"
#include "app/site.hpp"
#include "pages/page.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

constexpr std::string_view kColour[] = {"", "owner", "client", "auth", "resource"};

/// The last run by that grant, or null.
const Run* last_run(const SessionState& state, Grant grant) {
  for (auto run = state.runs.rbegin(); run != state.runs.rend(); ++run) {
    if (run->grant == grant) return &*run;
  }
  return nullptr;
}

/// The grant in small: up to the first call, lit as far as it really went.
json strip_view(const SessionState& state, Grant grant, const Run* run) {
  json arrows = json::array();
  bool person = false;
  for (const Message& message : messages_of(state, grant, run, nullptr)) {
    if (message.part > Part::kApiRequest) break;
    person = person || message.from == 1 || message.to == 1;
    const int y = 10 + static_cast<int>(arrows.size()) * 18;
    const int x1 = 44 * message.from - 36;
    const int x2 = 44 * message.to - 36;
    const int back = message.from < message.to ? -1 : 1;
    const bool refused = message.state == State::kRefused;
    const bool sent = refused || message.state == State::kDone;
    arrows.push_back(
        {{"x1", x1},
         {"y", y},
         {"x_end", x2 + back * (sent ? 6 : 1)},
         {"tip", sent ? fmt::format("M{} {}l{} -4.5v9z", x2, y, back * 8)
                      : fmt::format("M{} {}l{} 4l{} 4", x2 + back * 5, y - 4, -back * 5, back * 5)},
         {"from", kColour[message.from]},
         {"to", kColour[message.to]},
         {"state", refused ? "refused" : (sent ? "done" : "idle")}});
  }
  return {{"arrows", std::move(arrows)}, {"height", 122}, {"person", person}};
}

json result_of(const SessionState& state, const Run* run) {
  if (run == nullptr) return nullptr;
  const Recorded* token = state.last(ExchangeKind::kToken, run->number);
  if (token == nullptr) {
    // The browser brought the token, or a refusal.
    return {{"text", run->refusal ? "refused: " + run->refusal->error : std::string{"token came"}},
            {"bad", run->refusal.has_value()},
            {"href", "/"}};
  }
  return {{"text", token->status == 0 ? std::string{"no answer"}
                                      : fmt::format("{} in {}", token->status,
                                                    duration_words(token->exchange.took))},
          {"bad", run->refusal.has_value()},
          {"href", exchange_link(token->id, 4)}};
}

json grant_view(const SessionState& state, Grant grant) {
  const Run* run = last_run(state, grant);
  return {{"strip", strip_view(state, grant, run)}, {"result", result_of(state, run)}};
}

/// "authorization-code": its column.
std::string anchor_of(std::string grant) {
  std::replace(grant.begin(), grant.end(), '_', '-');
  return grant;
}

std::string scopes_text(const Site& site) {
  std::string text;
  for (const std::string& scope : site.options.scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

}  // namespace

boost::asio::awaitable<http::Response> get_grants(Site& site, http::Request& request) {
  const Sessions::Opened opened = visitor(site, request);
  const SessionState state = opened.session->snapshot();
  json view = page_view(site, request, state, "Grants · bbgrant", "/grants");
  view["sandbox"] = site.options.sandbox;
  view["password"] = grant_view(state, Grant::kPassword);
  view["code"] = grant_view(state, Grant::kAuthorizationCode);
  view["own"] = grant_view(state, Grant::kClientCredentials);
  view["jwt"] = grant_view(state, Grant::kJwt);
  view["implicit"] = grant_view(state, Grant::kImplicit);
  view["alice"] = {{"name", kDemoAccounts[0].name},
                   {"password", kDemoAccounts[0].password},
                   {"scope", scopes_text(site)}};
  view["callback"] = callback_url(site);
  view["has_authorize"] = !site.options.server.authorize_url.empty();
  const Run* run = state.run();
  view["refused"] = nullptr;
  if (run != nullptr && run->refusal) {
    view["refused"] = {{"what", sentence(run->refusal->what)},
                       {"advice", sentence(run->refusal->advice)}};
  }
  http::Response response = pages::page(200, "grants", view);
  set_session_cookie(request, opened.id, response);
  co_return response;
}

boost::asio::awaitable<http::Response> post_run(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  const Posted posted = std::get<Posted>(std::move(accepted));
  const Scopes scopes = Scopes::read(scopes_text(site));
  const std::string grant{posted.form.get("grant").value_or("")};
  const std::string back =
      posted.form.get("back") == "tour" ? std::string{"/#step-5"} : "/grants#" + anchor_of(grant);
  if (grant == "authorization_code" || grant == "implicit") {
    co_return send_away(
        site, request, posted,
        {.grant = grant == "implicit" ? Grant::kImplicit : Grant::kAuthorizationCode,
         .scopes = scopes,
         .back = back});
  }
  Start start{.grant = Grant::kClientCredentials, .scopes = scopes};
  if (grant == "client_credentials") {
    start.ask = [scopes](const Client& client, std::chrono::milliseconds timeout,
                         std::stop_token stop) {
      return client.client_credentials(scopes, timeout, std::move(stop));
    };
  } else if (grant == "jwt" && site.options.sandbox) {
    start.grant = Grant::kJwt;
    const SessionState state = posted.session->snapshot();
    const auto secret = std::make_shared<const Secret>(consumer_of(site, state).secret.copy());
    start.ask = [secret](const Client& client, std::chrono::milliseconds timeout,
                         std::stop_token stop) {
      return client.jwt_grant(kDemoAccounts[0].uuid, *secret, {}, timeout, std::move(stop));
    };
  } else {
    co_return notice_page(site, 400,
                          {.title = "No such grant",
                           .paragraphs = {"The grants page runs those that it lists, and no "
                                          "others. Nothing was sent."},
                           .href = "/grants",
                           .label = "To the grants"});
  }
  co_await run_grant(site, request, posted.session, std::move(start));
  const Sessions::Opened renewed = site.sessions.renew(posted.id);
  http::Response response = http::Response::redirect(back);
  set_session_cookie(request, renewed.id, response);
  co_return response;
}

}  // namespace bbgrant::app

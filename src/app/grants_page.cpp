// SPDX-License-Identifier: MIT
// /grants: the grants side by side, each run for real; and the way back of the authorization code.
#include <array>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/demo_accounts.hpp"
#include "app/diagram_view.hpp"
#include "app/endpoints.hpp"
#include "app/site.hpp"
#include "app/url_parts.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

constexpr std::string_view kColour[] = {"", "owner", "client", "auth", "resource"};

struct Step {
  int from;
  int to;
};

constexpr std::array kPasswordSteps = {Step{1, 2}, Step{2, 3}, Step{3, 2}, Step{2, 4}};
constexpr std::array kCodeSteps = {Step{2, 1}, Step{1, 3}, Step{3, 2},
                                   Step{2, 3}, Step{3, 2}, Step{2, 4}};
constexpr std::array kOwnSteps = {Step{2, 3}, Step{3, 2}, Step{2, 4}};
constexpr std::array kImplicitSteps = {Step{2, 1}, Step{1, 3}, Step{3, 2}, Step{2, 4}};

/// The last run by that grant, or null.
const Run* last_run(const SessionState& state, Grant grant) {
  for (auto run = state.runs.rbegin(); run != state.runs.rend(); ++run) {
    if (run->grant == grant) return &*run;
  }
  return nullptr;
}

const Recorded* last_exchange(const SessionState& state, int run, ExchangeKind kind) {
  for (auto each = state.transcript.rbegin(); each != state.transcript.rend(); ++each) {
    if ((*each)->run == run && (*each)->kind == kind) return each->get();
  }
  return nullptr;
}

/// The words for one arrow's state: only what really happened is lit.
std::string_view state_of(std::size_t step, std::size_t steps, const SessionState& state,
                          const Run* run) {
  if (run == nullptr) return "idle";
  const std::size_t answer = steps - 2;
  const Recorded* token = last_exchange(state, run->number, ExchangeKind::kToken);
  if (step == steps - 1) {
    const Recorded* api = last_exchange(state, run->number, ExchangeKind::kApi);
    if (api == nullptr || run->refusal) return "idle";
    return api->status >= 400 || api->status == 0 ? "refused" : "done";
  }
  if (token == nullptr) {
    // Refused before a code came: the browser brought the refusal.
    if (run->grant != Grant::kAuthorizationCode || !run->refusal || step > 2) return "idle";
    return step == 2 ? "refused" : "done";
  }
  return step == answer && run->refusal ? "refused" : "done";
}

json strip_view(std::span<const Step> steps, const SessionState& state, const Run* run,
                bool person) {
  json arrows = json::array();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto [from, to] = steps[i];
    const int y = 10 + static_cast<int>(i) * 18;
    const int x1 = 44 * from - 36;
    const int x2 = 44 * to - 36;
    const int back = from < to ? -1 : 1;
    const std::string_view how = state_of(i, steps.size(), state, run);
    const bool sent = how != "idle";
    arrows.push_back(
        {{"x1", x1},
         {"y", y},
         {"x_end", x2 + back * (sent ? 6 : 1)},
         {"tip", sent ? fmt::format("M{} {}l{} -4.5v9z", x2, y, back * 8)
                      : fmt::format("M{} {}l{} 4l{} 4", x2 + back * 5, y - 4, -back * 5, back * 5)},
         {"from", kColour[from]},
         {"to", kColour[to]},
         {"state", how}});
  }
  const int height = 14 + static_cast<int>(steps.size()) * 18;
  return {{"arrows", std::move(arrows)}, {"height", height}, {"person", person}};
}

json result_of(const SessionState& state, const Run* run) {
  if (run == nullptr) return nullptr;
  const Recorded* token = last_exchange(state, run->number, ExchangeKind::kToken);
  if (token == nullptr) {
    return {{"text", run->refusal ? "refused: " + run->refusal->error : std::string{"not sent"}},
            {"bad", true},
            {"href", ""}};
  }
  return {{"text", token->status == 0 ? std::string{"no answer"}
                                      : fmt::format("{} in {}", token->status,
                                                    duration_words(token->exchange.took))},
          {"bad", run->refusal.has_value()},
          {"href", exchange_link(token->id, 4)}};
}

json grant_view(const SessionState& state, Grant grant, std::span<const Step> steps, bool person) {
  const Run* run = last_run(state, grant);
  return {{"strip", strip_view(steps, state, run, person)}, {"result", result_of(state, run)}};
}

std::string scopes_text(const Site& site) {
  std::string text;
  for (const std::string& scope : site.options.scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
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

/// The authorization code grant begins: the browser is sent away, with state and PKCE (S18).
http::Response send_away(Site& site, const http::Request& request, const Posted& posted,
                         const Scopes& scopes) {
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
  Awaited awaited{
      .authorization = site.calls.begin_authorization(consumer, RedirectUri{callback}, scopes),
      .consumer = consumer,
      .begun = site.clock.monotonic()};
  http::Response response = http::Response::redirect(awaited.authorization.url);
  posted.session->await(std::move(awaited));
  return response;
}

}  // namespace

boost::asio::awaitable<http::Response> get_grants(Site& site, http::Request& request) {
  const Sessions::Opened opened = visitor(site, request);
  const SessionState state = opened.session->snapshot();
  json view = page_view(site, request, state, "Grants · bbgrant", "/grants");
  view["sandbox"] = site.options.sandbox;
  view["password"] = grant_view(state, Grant::kPassword, kPasswordSteps, true);
  view["code"] = grant_view(state, Grant::kAuthorizationCode, kCodeSteps, true);
  view["own"] = grant_view(state, Grant::kClientCredentials, kOwnSteps, false);
  view["jwt"] = grant_view(state, Grant::kJwt, kOwnSteps, false);
  view["implicit"] = {{"strip", strip_view(kImplicitSteps, state, nullptr, true)}};
  view["alice"] = {{"name", kDemoAccounts[0].name},
                   {"password", kDemoAccounts[0].password},
                   {"scope", scopes_text(site)}};
  view["callback"] = callback_url(site);
  view["has_authorize"] = !site.options.server.authorize_url.empty();
  const Run* run = state.run();
  view["refused"] = nullptr;
  if (run != nullptr && run->refusal) {
    view["refused"] = {{"what", run->refusal->what}, {"advice", run->refusal->advice}};
  }
  http::Response response = site_page(site, 200, "grants", view);
  set_session_cookie(request, opened.id, response);
  co_return response;
}

boost::asio::awaitable<http::Response> post_run(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  const Posted posted = std::get<Posted>(std::move(accepted));
  const Scopes scopes = Scopes::read(scopes_text(site));
  const std::string grant{posted.form.get("grant").value_or("")};
  if (grant == "authorization_code") co_return send_away(site, request, posted, scopes);
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
    co_return not_started(site, request, 400, "There is no such grant to run here.");
  }
  co_await run_grant(site, request, posted.session, std::move(start));
  const Sessions::Opened renewed = site.sessions.renew(posted.id);
  http::Response response =
      http::Response::redirect(grant == "jwt" ? "/grants#jwt" : "/grants#client-credentials");
  set_session_cookie(request, renewed.id, response);
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
  if (!awaited) {
    // S88: whatever the address says was not asked for, so none of it is shown.
    co_return not_started(
        site, request, 400,
        "This address takes the answer of an authorization server. No sign-in of this browser "
        "waits for this one: it was never started here, it took more than ten minutes, or its "
        "answer came already. It was not used.");
  }
  session->use_consumer(awaited->consumer);
  Start start{.grant = Grant::kAuthorizationCode, .scopes = awaited->authorization.scopes};
  const auto held = std::make_shared<Authorization>(std::move(awaited->authorization));
  start.ask = [held, query = request.query](const Client& client, std::chrono::milliseconds timeout,
                                            std::stop_token stop) {
    return client.finish_authorization(std::move(*held), query, timeout, std::move(stop));
  };
  co_await run_grant(site, request, session, std::move(start));
  const Sessions::Opened renewed = site.sessions.renew(id);
  http::Response response = http::Response::redirect("/grants#authorization-code");
  set_session_cookie(request, renewed.id, response);
  co_return response;
}

}  // namespace bbgrant::app

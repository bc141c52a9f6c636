// SPDX-License-Identifier: MIT
#include "app/tour_view.hpp"

#include <algorithm>
#include <array>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/demo_accounts.hpp"
#include "app/diagram_view.hpp"
#include "app/lesson_view.hpp"
#include "app/scope_words.hpp"
#include "app/token_view.hpp"
#include "app/url_parts.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

struct Call {
  std::string_view path;
  std::string_view scope;
  bool demo_only;
};

constexpr std::array kCalls = {Call{"/2.0/user", "account", false},
                               Call{"/2.0/user/emails", "email", false},
                               Call{"/2.0/user/workspaces", "account", false},
                               Call{"/2.0/repositories/acme", "repository", true}};

constexpr std::array<std::string_view, 4> kOfferedScopes = {"account", "email", "repository",
                                                            "pullrequest"};

constexpr std::string_view kSteps[] = {"",
                                       "Who takes part",
                                       "The app's key and secret",
                                       "Your credentials",
                                       "The request",
                                       "The token",
                                       "Use it",
                                       "Renew it, revoke it",
                                       "What to use today instead"};

std::string host_and_path(const std::string& url) {
  const auto parts = url_parts(url);
  return parts ? parts->host + parts->path.substr(0, parts->path.rfind('/')) : url;
}

json heads(const SessionState& state, const TourContext& context) {
  const std::string person = state.run() != nullptr && !state.run()->username.empty()
                                 ? state.run()->username
                             : context.demo ? std::string{"you, or alice"}
                                            : std::string{"you"};
  const auto head = [](int lane, std::string_view colour, std::string_view name,
                       std::string_view role, const std::string& address,
                       std::string_view explains) {
    return json{{"lane", lane},        {"colour", colour}, {"icon", fmt::format("i-{}", colour)},
                {"name", name},        {"role", role},     {"address", address},
                {"explains", explains}};
  };
  return json::array({head(1, "owner", "Resource owner", "owns the data", person,
                           "The person whose data it is, and the only one who may give it away. In "
                           "the password grant the client gets to see the person's password."),
                      head(2, "client", "Client", "this app, wants to read it", context.app_host,
                           "The app. It has a key and a secret of its own, holds the password for "
                           "one request, and the token from then on. Bitbucket calls it a "
                           "consumer, or OAuth client."),
                      head(3, "auth", "Authorization server", "checks, then issues tokens",
                           host_and_path(context.server.token_url),
                           "Knows every person's password and every client's secret. Checks them, "
                           "then issues, renews and revokes tokens. At Bitbucket: "
                           "bitbucket.org/site/oauth2."),
                      head(4, "resource", "Resource server", "holds the data",
                           host_of(context.server.api_url) + "/2.0",
                           "Holds the data. Gets a token with each call, looks at its scopes and "
                           "its time, and never sees a password. At Bitbucket: "
                           "api.bitbucket.org/2.0.")});
}

int current_step(const SessionState& state) {
  if (state.trouble && state.trouble->where != ExchangeKind::kToken) {
    return step_of(state.trouble->where);
  }
  if (state.run() == nullptr) return 1;
  if (state.run()->refusal) return 4;
  return state.last(ExchangeKind::kRefresh) != nullptr ? 7 : 5;
}

std::string_view title_of(const SessionState& state) {
  switch (state.run() == nullptr ? Grant::kPassword : state.run()->grant) {
    case Grant::kPassword:
      return "The password grant";
    case Grant::kAuthorizationCode:
      return "The authorization code grant";
    case Grant::kClientCredentials:
      return "The client credentials grant";
    case Grant::kJwt:
      return "The JWT grant";
    case Grant::kImplicit:
      return "The implicit grant";
  }
  return {};
}

json progress(const SessionState& state) {
  const int step = current_step(state);
  json bars = json::array();
  for (int i = 1; i <= 8; ++i) {
    std::string_view bar = i < step ? "done" : "";
    if (i == step) bar = state.trouble ? "refused" : "now";
    bars.push_back({{"state", bar}});
  }
  return {{"step", step}, {"bars", std::move(bars)}, {"title", title_of(state)}};
}

json form(const SessionState& state, const TourContext& context) {
  const bool refused = state.run() != nullptr && state.run()->refusal.has_value();
  const auto is_ticked = [&](std::string_view scope) {
    if (state.form_scopes) return state.form_scopes->contains(scope);
    return std::find(context.default_scopes.begin(), context.default_scopes.end(), scope) !=
           context.default_scopes.end();
  };
  json scopes = json::array();
  for (const std::string_view scope : kOfferedScopes) {
    scopes.push_back(
        {{"name", scope}, {"meaning", meaning_of_scope(scope)}, {"checked", is_ticked(scope)}});
  }
  return {{"username", state.form_username},
          {"username_wrong", false},
          {"password_wrong",
           refused && state.run()->refusal->kind == Failure::Kind::kRefused && state.trouble},
          {"scopes", std::move(scopes)}};
}

std::string join(const std::vector<std::string>& scopes) {
  std::string text;
  for (const std::string& scope : scopes) {
    if (!text.empty()) text += ' ';
    text += scope;
  }
  return text;
}

json accounts(const TourContext& context) {
  json list = json::array();
  for (const DemoAccount& account : kDemoAccounts) {
    list.push_back({{"name", account.name},
                    {"password", account.password},
                    {"scope", join(context.default_scopes)}});
  }
  return list;
}

bool may_call(const SessionState& state, std::string_view scope) {
  if (!state.token || !state.token->scopes) return true;
  return std::any_of(state.token->scopes->begin(), state.token->scopes->end(),
                     [&](const std::string& held) { return scope_covers(held, scope); });
}

/// The last answer of the current run to that path, or null.
const Recorded* last_call(const SessionState& state, std::string_view path) {
  const auto found =
      std::find_if(state.transcript.rbegin(), state.transcript.rend(), [&](const auto& recorded) {
        return recorded->kind == ExchangeKind::kApi && recorded->path == path &&
               recorded->run == state.run()->number;
      });
  return found == state.transcript.rend() ? nullptr : found->get();
}

json calls(const SessionState& state, const TourContext& context) {
  json list = json::array();
  for (const Call& call : kCalls) {
    if (call.demo_only && !context.demo) continue;
    const Recorded* last = state.token ? last_call(state, call.path) : nullptr;
    const bool locked = state.token && !may_call(state, call.scope);
    const bool good = last != nullptr && last->status != 0 && last->status < 400;
    json row{{"path", call.path},
             {"done", good},
             {"failed", last != nullptr && !good},
             {"locked", last == nullptr && locked},
             {"note", locked ? fmt::format("needs {}", call.scope) : std::string{}},
             {"link", ""},
             {"state", ""},
             {"can_call", static_cast<bool>(state.token)}};
    if (last != nullptr) {
      row["note"] = last->status == 0
                        ? std::string{"no answer"}
                        : fmt::format("{}, {}", last->status, duration_words(last->exchange.took));
      row["link"] = exchange_link(last->id, 6);
    }
    list.push_back(std::move(row));
  }
  return list;
}

/// Where the refusal of a token request says something else than the standard would.
std::string_view departure(const Recorded& recorded) {
  if (recorded.kind != ExchangeKind::kToken || recorded.status != 400) return {};
  const std::string said = masked(recorded.exchange.response->body);
  if (said.find("Invalid resource owner") != std::string::npos) {
    return "RFC 6749 has invalid_grant for a wrong password. Bitbucket says invalid_request; the "
           "client library treats both as a refusal.";
  }
  if (said.find("Unsupported grant type") != std::string::npos &&
      said.find("unsupported_grant_type") == std::string::npos) {
    return "RFC 6749 has unsupported_grant_type for this. Bitbucket says invalid_grant, which "
           "elsewhere means a dead code or refresh token.";
  }
  return {};
}

json exchange_view(const Recorded& recorded, const json& rows, const TourContext& context,
                   Secrets secrets, std::string_view place) {
  // The arrows that it is: none in an older run, which the diagram does not show any more.
  json numbers = json::array();
  for (const json& row : rows) {
    if (!row["open"].get<bool>()) continue;
    numbers.push_back({{"number", row["number"]}, {"refused", row["state"] == "refused"}});
  }
  const WireContext wire{context.server, context.consumer_key, context.consumer_secret};
  const Exchange& exchange = recorded.exchange;
  const bool refused = recorded.status >= 400 || recorded.status == 0;
  const bool api = recorded.kind == ExchangeKind::kApi;
  static constexpr std::string_view kTitles[] = {"Token request", "API call", "Refresh request",
                                                 "Revocation request"};
  const auto kind = static_cast<std::size_t>(recorded.kind);
  const bool edited = !api && recorded.path == kEdited;
  json view{{"id", recorded.id},
            {"place", place},
            {"title", fmt::format("{}{}", edited ? "Edited token request" : kTitles[kind],
                                  refused ? ", refused" : "")},
            {"numbers", std::move(numbers)},
            {"peer", api ? "resource server" : "authorization server"},
            {"peer_colour", api ? "resource" : "auth"},
            {"shown", secrets == Secrets::kShown},
            {"has_secrets", has_secrets(exchange)},
            {"close", fmt::format("/?exchange=0#step-{}", step_of(recorded.kind))},
            {"close_secrets", exchange_link(recorded.id, step_of(recorded.kind))},
            {"failure", exchange.failure},
            {"request",
             {{"size",
               fmt::format("{} bytes", exchange.request.head_bytes + exchange.request.body_bytes)},
              {"raw", raw_request(exchange, secrets)},
              {"curl", curl_request(exchange, wire, secrets)},
              {"cpp", cpp_request(exchange, wire, secrets)}}}};
  view["response"] = nullptr;
  if (exchange.response) {
    view["response"] = {
        {"refused", refused},
        {"size", fmt::format("{} in {}, {} bytes", recorded.status, duration_words(exchange.took),
                             exchange.response->head_bytes + exchange.response->body_bytes)},
        {"pretty", pretty_response(*exchange.response, api, secrets)},
        {"raw", raw_response(*exchange.response, secrets)},
        {"meaning", ""}};
    if (refused && !edited) view["response"]["meaning"] = departure(recorded);
  }
  return view;
}

json transcript(const SessionState& state, const Recorded* opened) {
  json runs = json::array();
  for (const Run& run : state.runs) {
    json lines = json::array();
    for (const auto& recorded : state.transcript) {
      if (recorded->run != run.number) continue;
      const bool good = recorded->status != 0 && recorded->status < 400;
      const bool api = recorded->kind == ExchangeKind::kApi;
      const auto parts = url_parts(recorded->exchange.url);
      lines.push_back(
          {{"id", recorded->id},
           {"request", recorded->exchange.method + " " + (parts ? parts->path : recorded->path)},
           {"answer",
            recorded->status == 0 ? std::string{"none"} : std::to_string(recorded->status)},
           {"kind", good ? (api ? "data" : "issued") : "bad"},
           {"time", duration_words(recorded->exchange.took)},
           {"open", recorded.get() == opened},
           {"href", exchange_link(recorded->id, step_of(recorded->kind))}});
    }
    std::string_view outcome;
    if (run.refusal) outcome = run.refusal->status == 0 ? "no answer" : "refused";
    if (run.revoked) outcome = "revoked";
    runs.push_back({{"number", run.number},
                    {"who", who_of(run)},
                    {"outcome", outcome},
                    {"kind", run.refusal ? "bad" : "issued"},
                    {"lines", std::move(lines)}});
  }
  return runs;
}

/// The token request as it would go out again, to be edited; its secrets stand as bullets.
json edit_view(const SessionState& state, const TourContext& context) {
  if (state.run() == nullptr) return nullptr;
  const Run& run = *state.run();
  const DemoAccount* account = context.demo ? find_demo_account(run.username) : nullptr;
  std::string fields = "grant_type=password\nusername=" + run.username + "\npassword=••••";
  if (!run.asked.empty()) fields += "\nscope=" + run.asked.text();
  return {{"target", context.server.token_url},
          {"headers",
           "Authorization: Basic ••••\nContent-Type: application/x-www-form-urlencoded\n"
           "Accept: application/json"},
          {"fields", std::move(fields)},
          // Public, and in this page already; any other password has to be typed again (S50).
          {"password", account != nullptr && run.demo_password ? account->password : ""}};
}

json tally(const SessionState& state) {
  json parts = json::array();
  const auto add = [&](std::string text, std::string_view kind = {}) {
    parts.push_back({{"text", std::move(text)}, {"kind", kind}});
  };
  if (state.runs.empty()) {
    add("Nothing sent yet");
    return parts;
  }
  const Run& run = state.runs.back();
  add(fmt::format("Run {}: {}", run.number, who_of(run)), "strong");
  if (run.refusal) add("refused", "bad");
  if (run.revoked) add("revoked", "issued");
  std::size_t messages = 0;
  for (const auto& recorded : state.transcript)
    messages += recorded->status == 0 ? std::size_t{1} : std::size_t{2};
  add(fmt::format("{} messages on the wire so far", messages));
  return parts;
}

/// The rows of one step, for narrow screens. An exchange opens below the last arrow of its pair.
json strip(const json& rows, int step, const json& opened) {
  json slice = json::array();
  for (const json& row : rows) {
    if (row["step"] == step) slice.push_back(row);
  }
  for (auto row = slice.rbegin(); row != slice.rend(); ++row) {
    if (!(*row)["open"].get<bool>()) continue;
    (*row)["drawer"] = opened;
    break;
  }
  return {{"rows", std::move(slice)}};
}

const Recorded* opened_exchange(const SessionState& state, const TourRequest& request) {
  if (request.exchange) return state.find(*request.exchange);
  return state.last(ExchangeKind::kToken);
}

}  // namespace

std::vector<std::string> callable_paths(bool demo) {
  std::vector<std::string> paths;
  for (const Call& call : kCalls) {
    if (demo || !call.demo_only) paths.emplace_back(call.path);
  }
  return paths;
}

json layout_view(const SessionState& state, const TourContext& context, std::string_view title,
                 std::string_view current_path) {
  json nav = json::array();
  for (const auto& [label, path] :
       {std::pair{"Tour", "/"}, std::pair{"Explorer", "/explorer"}, std::pair{"Grants", "/grants"},
        std::pair{"Code", "/code"}, std::pair{"Terms", "/terms"}}) {
    nav.push_back({{"label", label}, {"href", path}, {"current", path == current_path}});
  }
  return {{"title", title},
          {"nav", std::move(nav)},
          {"tour", current_path == "/"},
          {"version", context.version},
          {"path", current_path},
          {"switch", context.can_switch && !state.csrf.empty()
                         ? json{{"newer", state.consumer == 1}, {"older", state.consumer == 0}}
                         : json(nullptr)},
          {"chip", state.csrf.empty() ? json(nullptr) : chip_view(state, context.now)}};
}

json tour_view(const SessionState& state, const TourContext& context, const TourRequest& request) {
  const Recorded* opened = opened_exchange(state, request);
  const auto address = url_parts(context.server.token_url);
  const std::string origin = address ? address->origin : "";
  json lesson = request.notice != nullptr
                    ? *request.notice
                    : lesson_of(state, {.demo = context.demo, .server_origin = origin});
  const bool top =
      request.notice != nullptr || (state.trouble && state.trouble->where == ExchangeKind::kToken);
  const bool in_use = state.trouble && state.trouble->where == ExchangeKind::kApi;
  json rows = diagram_rows(state, opened, context.demo);
  json view{
      {"layout", layout_view(state, context, "The password grant, step by step", "/")},
      {"csrf", state.csrf},
      {"start", state.run() == nullptr && request.notice == nullptr},
      {"run", state.run() == nullptr ? 0 : state.run()->number},
      {"has_runs", state.run() != nullptr},
      {"sandbox", context.demo},
      {"server", {{"host", host_of(context.server.token_url)}, {"origin", origin}}},
      {"consumer", {{"key", context.consumer_key}}},
      {"run_as_alice",
       {{"name", kDemoAccounts[0].name},
        {"password", kDemoAccounts[0].password},
        {"scope", join(context.default_scopes)}}},
      {"accounts", accounts(context)},
      {"form", form(state, context)},
      {"progress", progress(state)},
      {"heads", heads(state, context)},
      {"tally", tally(state)},
      {"calls", calls(state, context)},
      {"greeting", state.token ? state.display_name : std::string{}},
      {"runs", transcript(state, opened)},
      {"transcript_cut", state.transcript_cut},
      {"lesson", top ? lesson : json(nullptr)},
      {"lesson_use", !top && in_use ? lesson : json(nullptr)},
      {"lesson_renew", !top && !in_use ? lesson : json(nullptr)},
      {"token", token_view(state, context.now)},
      {"token_absent", state.run() == nullptr
                           ? "There is none yet. When the server has issued one, it stands here "
                             "with its scopes and the time that it has left."
                           : "None was issued."},
      {"can_refresh", state.token && state.token->refresh_token && !state.run()->revoked},
      {"can_revoke", state.token && !context.server.revoke_url.empty() && !state.run()->revoked},
      {"no_revocation", context.server.revoke_url.empty()},
      {"revoked_now", state.token && state.run()->revoked},
      {"edit", edit_view(state, context)},
      {"ended", context.server.password_grant_ended},
      {"bob", context.demo
                  ? json{{"name", kDemoAccounts[1].name}, {"password", kDemoAccounts[1].password}}
                  : json(nullptr)}};
  const Recorded* token_request = state.last(ExchangeKind::kToken);
  view["request_link"] = token_request == nullptr ? "" : exchange_link(token_request->id, 4);
  json contents = json::array();
  for (int i = 1; i <= 8; ++i) contents.push_back({{"number", i}, {"title", kSteps[i]}});
  view["contents"] = std::move(contents);
  view["exchange"] = nullptr;
  json narrow;
  if (opened != nullptr) {
    view["exchange"] = exchange_view(*opened, rows, context, request.secrets, "wide");
    narrow = exchange_view(*opened, rows, context, request.secrets, "narrow");
  }
  for (const int step : {4, 6, 7}) view[fmt::format("strip{}", step)] = strip(rows, step, narrow);
  view["rows"] = std::move(rows);
  return view;
}

}  // namespace bbgrant::app

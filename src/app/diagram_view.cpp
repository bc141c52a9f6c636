// SPDX-License-Identifier: MIT
#include "app/diagram_view.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/demo_accounts.hpp"
#include "app/diagram_drawing.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

constexpr std::string_view kLaneWords[] = {"", "resource owner", "client", "authorization server",
                                           "resource server"};

json words(std::string_view text) { return json::array({{{"text", text}, {"kind", "words"}}}); }

struct Pair {
  ExchangeKind kind;
  std::size_t request;
  std::size_t answer;
};

constexpr Pair kPairs[] = {{ExchangeKind::kToken, 1, 2},
                           {ExchangeKind::kApi, 3, 4},
                           {ExchangeKind::kRefresh, 6, 7},
                           {ExchangeKind::kRevoke, 8, 9}};

std::string_view request_name(ExchangeKind kind) {
  return kind == ExchangeKind::kRevoke ? "/site/oauth2/revoke" : "/site/oauth2/access_token";
}

/// What the answer brought, in a word or two.
std::string answer_words(const Recorded& recorded, const SessionState& state) {
  switch (recorded.kind) {
    case ExchangeKind::kToken:
    case ExchangeKind::kRefresh:
      return "access_token";
    case ExchangeKind::kRevoke:
      return "forgotten";
    case ExchangeKind::kApi:
      return recorded.path == "/2.0/user" && !state.display_name.empty() ? state.display_name
                                                                         : "JSON";
  }
  return {};
}

std::string refusal_words(const Recorded& recorded, const SessionState& state) {
  const auto failure_for = [&]() -> const Failure* {
    if (recorded.kind == ExchangeKind::kToken && state.run() != nullptr && state.run()->refusal) {
      return &*state.run()->refusal;
    }
    if (state.trouble && state.trouble->where == recorded.kind) return &state.trouble->failure;
    return nullptr;
  }();
  if (recorded.kind == ExchangeKind::kApi) {
    if (recorded.status == 401) return "token refused";
    if (recorded.status == 403) return "scope missing";
    return {};
  }
  return failure_for == nullptr ? std::string{} : failure_for->error;
}

void light_request(Message& message, const Recorded& recorded) {
  const bool api = recorded.kind == ExchangeKind::kApi;
  const std::string path = api ? recorded.path : std::string{request_name(recorded.kind)};
  message.label = json::array({{{"text", recorded.exchange.method + " "}, {"kind", "verb"}},
                               {{"text", path}, {"kind", ""}}});
  message.brief = message.label;
  if (api) {
    message.label.push_back({{"text", " Bearer ••••"}, {"kind", "issued"}});
    message.strip_note = "Bearer ••••";
  } else {
    message.brief[1]["text"] = "…" + path.substr(path.rfind('/'));
    message.strip_note = fmt::format(
        "{} bytes", recorded.exchange.request.head_bytes + recorded.exchange.request.body_bytes);
  }
}

void light_answer(Message& message, const Recorded& recorded, const SessionState& state) {
  const bool refused = recorded.status >= 400;
  const bool api = recorded.kind == ExchangeKind::kApi;
  const std::string said = refused ? refusal_words(recorded, state) : answer_words(recorded, state);
  const std::string_view kind = refused ? "bad" : (api ? "data" : "issued");
  message.label = json::array(
      {{{"text", fmt::format("{} ", recorded.status)}, {"kind", refused ? "bad" : "status"}},
       {{"text", said}, {"kind", kind}}});
  message.brief = message.label;
  message.time = duration_words(recorded.exchange.took);
  message.state = refused ? State::kRefused : State::kDone;
  message.strip_note =
      fmt::format("{}, {} bytes", message.time,
                  recorded.exchange.response->head_bytes + recorded.exchange.response->body_bytes);
}

/// The exchange that a pair of arrows shows.
const Recorded* exchange_of(ExchangeKind kind, const SessionState& state, const Recorded* opened) {
  const bool of_this_run =
      opened != nullptr && state.run() != nullptr && opened->run == state.run()->number;
  if (of_this_run && opened->kind == kind) return opened;
  return state.last(kind);
}

void light_pair(Messages& messages, const Pair& pair, const SessionState& state,
                const Recorded* opened) {
  const Recorded* recorded = exchange_of(pair.kind, state, opened);
  if (recorded == nullptr) return;
  Message& request = messages[pair.request];
  Message& answer = messages[pair.answer];
  light_request(request, *recorded);
  for (Message* message : {&request, &answer}) {
    message->exchange = recorded->id;
    message->open = opened == recorded;
  }
  if (recorded->exchange.response) {
    request.state = State::kDone;
    light_answer(answer, *recorded, state);
  } else if (recorded->exchange.request.head_bytes > 0) {
    request.state = State::kDone;
    answer.state = State::kRefused;
    answer.label = answer.brief = json::array({{{"text", "no answer"}, {"kind", "bad"}}});
    answer.strip_note = "nothing came back";
  } else {
    // Nobody listened: not even the request went out.
    request.state = State::kRefused;
    request.label = request.brief = json::array({{{"text", "no connection"}, {"kind", "bad"}}});
    request.strip_note = "nobody listens there";
    answer.exchange = 0;
    answer.open = false;
  }
  request.pair_refused = answer.pair_refused =
      request.state == State::kRefused || answer.state == State::kRefused;
}

void light_person(Messages& messages, const SessionState& state) {
  const Run& run = *state.run();
  Message& given = messages[0];
  given.state = State::kDone;
  switch (run.grant) {
    case Grant::kPassword:
      given.label = json::array({{{"text", run.username + " "}, {"kind", "owner"}},
                                 {{"text", "••••••••"}, {"kind", "given"}}});
      given.strip_note = "the person gives a password";
      break;
    case Grant::kAuthorizationCode:
      given.label = json::array({{{"text", "brings a "}, {"kind", "words"}},
                                 {{"text", "code ••••"}, {"kind", "issued"}}});
      given.strip_note = "the browser comes back from the other server";
      break;
    case Grant::kClientCredentials:
    case Grant::kJwt:
      given.state = State::kNever;
      given.label = words("takes no part");
      break;
  }
  given.brief = given.label;

  Message& shown = messages[5];
  const Message& answer = messages[4];
  if (answer.state != State::kDone) return;
  shown.state = State::kDone;
  const bool profile = answer.label[1]["text"] == state.display_name && !state.display_name.empty();
  shown.label = json::array({{{"text", profile ? "Hello, " + state.display_name
                                               : std::string{"the answer, on this page"}},
                              {"kind", "data"}}});
  shown.brief = shown.label;
  shown.strip_note = "shown to the person";
}

/// After a refusal, what would have followed was never sent.
void mark_never(Messages& messages) {
  bool refused = false;
  for (std::size_t i = 0; i < 6; ++i) {
    if (refused && messages[i].state == State::kIdle) messages[i].state = State::kNever;
    refused = refused || messages[i].state == State::kRefused;
  }
}

json aside_of(const SessionState& state, bool demo) {
  const Run& run = *state.run();
  if (!run.refusal || run.refusal->kind != Failure::Kind::kRefused) return nullptr;
  const DemoAccount* account = demo ? find_demo_account(run.username) : nullptr;
  const bool about_person =
      run.refusal->error == "invalid_request" || run.refusal->error == "invalid_grant";
  if (account == nullptr || !about_person) return nullptr;
  if (account->two_step && run.demo_password) {
    return {{"title", run.username + " has two-step verification on"},
            {"text", "the answer does not say so"}};
  }
  if (!run.demo_password) {
    return {{"title", "not " + run.username + "'s password"},
            {"text", "the answer does not say so"}};
  }
  return nullptr;
}

Messages all_messages() {
  const auto make = [](int from, int to, std::string_view text, std::string_view phase = {}) {
    Message message;
    message.from = from;
    message.to = to;
    message.label = message.brief = words(text);
    message.phase = phase;
    message.strip_note = "not sent yet";
    return message;
  };
  return {make(1, 2, "types a name and a password", "Get a token"),
          make(2, 3, "sends them on, with its own key"),
          make(3, 2, "checks them, issues a token"),
          make(2, 4, "asks for data, showing the token", "Use it"),
          make(4, 2, "answers with the data"),
          make(2, 1, "shows the result"),
          make(2, 3, "asks for a fresh token", "Renew it"),
          make(3, 2, "issues a new one"),
          make(2, 3, "asks to revoke it", "Revoke it"),
          make(3, 2, "forgets it: the token is dead")};
}

}  // namespace

std::string exchange_link(int exchange, int step) {
  return fmt::format("/?exchange={}#step-{}", exchange, step);
}

int step_of(ExchangeKind kind) noexcept {
  switch (kind) {
    case ExchangeKind::kToken:
      return 4;
    case ExchangeKind::kApi:
      return 6;
    case ExchangeKind::kRefresh:
    case ExchangeKind::kRevoke:
      return 7;
  }
  return 4;
}

std::string duration_words(std::chrono::microseconds took) {
  if (took < std::chrono::milliseconds{1}) return "under 1 ms";
  if (took < std::chrono::seconds{1}) return fmt::format("{} ms", took.count() / 1000);
  return fmt::format("{:.1f} s", static_cast<double>(took.count()) / 1e6);
}

json diagram_rows(const SessionState& state, const Recorded* opened, bool demo) {
  Messages messages = all_messages();
  if (state.run() == nullptr) {
    messages[0].state = State::kNext;
  } else {
    for (const Pair& pair : kPairs) light_pair(messages, pair, state, opened);
    light_person(messages, state);
    mark_never(messages);
  }
  json rows = draw_messages(messages, opened != nullptr);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    json& row = rows[i];
    row["who"] = fmt::format("Message {}, {} to {}", i + 1, kLaneWords[message.from],
                             kLaneWords[message.to]);
    row["label"] = message.label;
    row["short"] = message.brief;
    row["strip_note"] = message.state == State::kNever ? "never sent" : message.strip_note;
    row["time"] = message.time;
    row["phase"] = message.phase;
    row["href"] = message.exchange == 0
                      ? std::string{}
                      : exchange_link(message.exchange, i < 3 ? 4 : (i < 6 ? 6 : 7));
  }
  if (state.run() != nullptr && messages[2].state == State::kRefused) {
    rows[2]["aside"] = aside_of(state, demo);
    if (!rows[2]["aside"].is_null()) rows[2]["time"] = "";
  }
  return rows;
}

}  // namespace bbgrant::app

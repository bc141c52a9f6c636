// SPDX-License-Identifier: MIT
#include "app/diagram_view.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/demo_accounts.hpp"
#include "app/json_text.hpp"
#include "app/shown_text.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

constexpr std::string_view kLaneWords[] = {"", "resource owner", "client", "authorization server",
                                           "resource server"};

json words(std::string_view text) { return json::array({{{"text", text}, {"kind", "words"}}}); }

struct Pair {
  ExchangeKind kind;
  Part request;
  Part answer;
};

constexpr Pair kPairs[] = {{ExchangeKind::kToken, Part::kTokenRequest, Part::kTokenAnswer},
                           {ExchangeKind::kApi, Part::kApiRequest, Part::kApiAnswer},
                           {ExchangeKind::kRefresh, Part::kRefreshRequest, Part::kRefreshAnswer},
                           {ExchangeKind::kRevoke, Part::kRevokeRequest, Part::kRevokeAnswer}};

/// A message before it was sent: lanes and words.
struct Line {
  Part part;
  int from;
  int to;
  std::string_view words;
  std::string_view phase = {};
};

constexpr std::string_view kGet = "Get a token";
constexpr Line kGiven[] = {{Part::kGiven, 1, 2, "types a name and a password", kGet}};
constexpr Line kSentAway[] = {{Part::kSentAway, 2, 1, "sends the browser to sign in", kGet},
                              {Part::kSignedIn, 1, 3, "signs in there, and says yes"}};
constexpr Line kCode[] = {{Part::kBrought, 3, 2, "gives the browser a code"}};
constexpr Line kFragment[] = {{Part::kBrought, 3, 2, "puts a token into the address"}};
constexpr Line kTokenRequest[] = {{Part::kTokenRequest, 2, 3, "sends them on, with its own key"},
                                  {Part::kTokenAnswer, 3, 2, "checks them, issues a token"}};
constexpr Line kCodeTrade[] = {{Part::kTokenRequest, 2, 3, "trades the code, with its own key"},
                               {Part::kTokenAnswer, 3, 2, "checks both, issues a token"}};
constexpr Line kOwnRequest[] = {{Part::kTokenRequest, 2, 3, "asks with its own key", kGet},
                                {Part::kTokenAnswer, 3, 2, "checks it, issues a token"}};
constexpr Line kUse[] = {{Part::kApiRequest, 2, 4, "asks for data, showing the token", "Use it"},
                         {Part::kApiAnswer, 4, 2, "answers with the data"},
                         {Part::kShown, 2, 1, "shows the result"}};
constexpr Line kRenew[] = {{Part::kRefreshRequest, 2, 3, "asks for a fresh token", "Renew it"},
                           {Part::kRefreshAnswer, 3, 2, "issues a new one"}};
constexpr Line kRevoke[] = {{Part::kRevokeRequest, 2, 3, "asks to revoke it", "Revoke it"},
                            {Part::kRevokeAnswer, 3, 2, "forgets it: the token is dead"}};

/// What a grant is made of, in its order.
std::vector<std::span<const Line>> lines_of(Grant grant) {
  switch (grant) {
    case Grant::kPassword:
      return {kGiven, kTokenRequest, kUse, kRenew, kRevoke};
    case Grant::kAuthorizationCode:
      return {kSentAway, kCode, kCodeTrade, kUse, kRenew, kRevoke};
    case Grant::kImplicit:
      return {kSentAway, kFragment, kUse, kRevoke};
    case Grant::kClientCredentials:
      return {kOwnRequest, kUse, kRenew, kRevoke};
    case Grant::kJwt:
      return {kOwnRequest, kUse, kRevoke};
  }
  return {};
}

Messages unsent_messages(Grant grant) {
  Messages messages;
  for (const auto lines : lines_of(grant)) {
    for (const Line& line : lines) {
      Message message;
      message.part = line.part;
      message.from = line.from;
      message.to = line.to;
      message.label = message.brief = words(line.words);
      message.phase = line.phase;
      message.strip_note = "not sent yet";
      messages.push_back(std::move(message));
    }
  }
  return messages;
}

int step_of(Part part) {
  if (part >= Part::kRefreshRequest) return 7;
  return part >= Part::kApiRequest ? 6 : 4;
}

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

/// The error that the server named, if it did.
std::string refusal_words(const Recorded& recorded) {
  if (recorded.kind == ExchangeKind::kApi) {
    if (recorded.status == 401) return "token refused";
    if (recorded.status == 403) return "scope missing";
    return {};
  }
  const auto body = parse_json(masked(recorded.exchange.response->body));
  const auto error = body.is_object() ? body.find("error") : body.end();
  constexpr std::size_t kLongest = 40;
  return error != body.end() && error->is_string()
             ? shown(error->get_ref<const std::string&>(), kLongest)
             : std::string{};
}

void light_request(Message& message, const Recorded& recorded) {
  const bool api = recorded.kind == ExchangeKind::kApi;
  const std::string path = api ? recorded.path : std::string{request_name(recorded.kind)};
  message.label = json::array({{{"text", recorded.exchange.method + " "}, {"kind", "verb"}},
                               {{"text", path}, {"kind", ""}}});
  message.brief = message.label;
  if (api) {
    // A longer path leaves no room for it before the next lane.
    constexpr std::size_t kRoom = 14;
    if (path.size() < kRoom)
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
  const std::string said = refused ? refusal_words(recorded) : answer_words(recorded, state);
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
const Recorded* exchange_of(ExchangeKind kind, const SessionState& state, const Run& run,
                            const Recorded* opened) {
  if (opened != nullptr && opened->run == run.number && opened->kind == kind) return opened;
  return state.last(kind, run.number);
}

void light_pair(Messages& messages, const Pair& pair, const SessionState& state, const Run& run,
                const Recorded* opened) {
  const Recorded* recorded = exchange_of(pair.kind, state, run, opened);
  Message* first = find_part(messages, pair.request);
  Message* second = find_part(messages, pair.answer);
  if (recorded == nullptr || first == nullptr || second == nullptr) return;
  Message& request = *first;
  Message& answer = *second;
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

void light(Messages& messages, Part part, std::string_view note, json label,
           State how = State::kDone) {
  Message* message = find_part(messages, part);
  if (message == nullptr) return;
  message->state = how;
  message->label = message->brief = std::move(label);
  message->strip_note = note;
}

json span(std::string_view text, std::string_view kind) { return {{"text", text}, {"kind", kind}}; }

/// What the person and the browser carried: no exchange of the app's, so nothing opens.
void light_person(Messages& messages, const SessionState& state, const Run& run) {
  light(messages, Part::kGiven, "the person gives a password",
        json::array({span(run.username + " ", "owner"), span("••••••••", "given")}));
  light(messages, Part::kSentAway, "by a link, to the other server",
        json::array(
            {span("authorize", "verb"),
             span(run.grant == Grant::kImplicit ? " response_type=token" : " response_type=code",
                  "")}));
  light(messages, Part::kSignedIn, "on that server's page, not seen here",
        json::array({span("signs in there", "owner")}));
  const Message* request = find_part(messages, Part::kTokenRequest);
  const bool brought = run.grant == Grant::kImplicit
                           ? !run.refusal
                           : (request != nullptr && request->state != State::kIdle);
  if (brought) {
    light(messages, Part::kBrought, "the browser comes back with it",
          json::array({span(run.grant == Grant::kImplicit ? "#access_token=" : "code ", "issued"),
                       span("••••", "issued")}));
  } else if (run.refusal) {
    light(messages, Part::kBrought, "the browser comes back with a refusal",
          json::array({span(run.refusal->error.empty() ? "refused" : run.refusal->error, "bad")}),
          State::kRefused);
  }
  const Message* answer = find_part(messages, Part::kApiAnswer);
  if (answer == nullptr || answer->state != State::kDone) return;
  const bool profile =
      answer->label[1]["text"] == state.display_name && !state.display_name.empty();
  light(messages, Part::kShown, "shown to the person",
        json::array({span(
            profile ? "Hello, " + state.display_name : std::string{"the answer, on this page"},
            "data")}));
}

/// After a refusal, what would have followed was never sent.
void mark_never(Messages& messages) {
  bool refused = false;
  for (Message& message : messages) {
    if (message.part > Part::kShown) return;
    if (refused && message.state == State::kIdle) message.state = State::kNever;
    refused = refused || message.state == State::kRefused;
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

Messages messages_of(const SessionState& state, Grant grant, const Run* run,
                     const Recorded* opened) {
  Messages messages = unsent_messages(grant);
  if (run == nullptr) return messages;
  for (const Pair& pair : kPairs) light_pair(messages, pair, state, *run, opened);
  light_person(messages, state, *run);
  mark_never(messages);
  return messages;
}

json diagram_rows(const SessionState& state, const Recorded* opened, bool demo) {
  const Run* run = state.run();
  Messages messages =
      messages_of(state, run == nullptr ? Grant::kPassword : run->grant, run, opened);
  if (run == nullptr) messages[0].state = State::kNext;
  json rows = draw_messages(messages, opened != nullptr);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    const int step = step_of(message.part);
    json& row = rows[i];
    row["who"] = fmt::format("Message {}, {} to {}", i + 1, kLaneWords[message.from],
                             kLaneWords[message.to]);
    row["label"] = message.label;
    row["short"] = message.brief;
    row["strip_note"] = message.state == State::kNever ? "never sent" : message.strip_note;
    row["time"] = message.time;
    row["phase"] = message.phase;
    row["step"] = step;
    row["href"] = message.exchange == 0 ? std::string{} : exchange_link(message.exchange, step);
    if (run != nullptr && message.part == Part::kTokenAnswer && message.state == State::kRefused) {
      row["aside"] = aside_of(state, demo);
      if (!row["aside"].is_null()) row["time"] = "";
    }
  }
  return rows;
}

}  // namespace bbgrant::app

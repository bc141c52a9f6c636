// SPDX-License-Identifier: MIT
#include "app/diagram_view.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sample_exchange.hpp"

namespace bbgrant::app {
namespace {

using nlohmann::json;

std::string states(const json& rows) {
  std::string text;
  for (const json& row : rows) {
    if (!text.empty()) text += ' ';
    text += row["state"].get<std::string>();
  }
  return text;
}

std::string label(const json& row) {
  std::string text;
  for (const json& part : row["label"]) text += part["text"].get<std::string>();
  return text;
}

TEST(Diagram, IsWordsBeforeAnythingWasSent) {
  const json rows = diagram_rows({}, nullptr, true);
  EXPECT_EQ(states(rows), "next idle idle idle idle idle idle idle idle idle");
  EXPECT_EQ(label(rows[0]), "types a name and a password");
  for (const json& row : rows) EXPECT_EQ(row["href"], "");
}

TEST(Diagram, SixMessagesAreLitAfterASignIn) {
  Session session{"csrf"};
  run_as_alice(session);
  const json rows = diagram_rows(session.snapshot(), nullptr, true);
  EXPECT_EQ(states(rows), "done done done done done done idle idle idle idle");
  EXPECT_EQ(label(rows[1]), "POST /site/oauth2/access_token");
  EXPECT_EQ(label(rows[2]), "200 access_token");
  EXPECT_EQ(label(rows[3]), "GET /2.0/user Bearer ••••");
  EXPECT_EQ(label(rows[4]), "200 Alice Example");
  EXPECT_EQ(label(rows[5]), "Hello, Alice Example");
  EXPECT_EQ(rows[2]["time"], "41 ms");
  EXPECT_EQ(rows[1]["href"], "/?exchange=1#step-4");
}

TEST(Diagram, RefusalIsRedAndWhatFollowsWasNeverSent) {
  Session session{"csrf"};
  run_as_bob(session);
  const json rows = diagram_rows(session.snapshot(), nullptr, true);
  EXPECT_EQ(states(rows), "done done refused never never never idle idle idle idle");
  EXPECT_EQ(label(rows[2]), "400 invalid_request");
  EXPECT_EQ(rows[2]["aside"]["title"], "bob has two-step verification on");
}

TEST(S9_ReasonOfRefusal, NothingIsSaidOfAnAccountThatIsNoDemo) {
  Session session{"csrf"};
  run_as_bob(session);
  const json rows = diagram_rows(session.snapshot(), nullptr, false);
  EXPECT_TRUE(rows[2]["aside"].is_null());
}

TEST(Diagram, NothingIsLitBeyondAServerThatDoesNotListen) {
  Session session{"csrf"};
  const int run = session.begin_run("alice", {}, true);
  Exchange exchange = token_exchange();
  exchange.response.reset();
  exchange.request.head_bytes = 0;
  exchange.failure = "nobody listens";
  session.record(run, ExchangeKind::kToken, {}, exchanges(std::move(exchange)));
  session.refused(run, {.kind = Failure::Kind::kUnreachable});
  EXPECT_EQ(states(diagram_rows(session.snapshot(), nullptr, true)),
            "done refused never never never never idle idle idle idle");
}

TEST(Diagram, OpenExchangeOpensBothItsArrows) {
  Session session{"csrf"};
  run_as_alice(session);
  const SessionState state = session.snapshot();
  const json rows = diagram_rows(state, state.find(1), true);
  EXPECT_FALSE(rows[0]["open"]);
  EXPECT_TRUE(rows[1]["open"]);
  EXPECT_TRUE(rows[2]["open"]);
  EXPECT_FALSE(rows[3]["open"]);
}

TEST(Diagram, OpenedCallIsTheOneThatTheArrowsShow) {
  Session session{"csrf"};
  run_as_alice(session);
  session.record(1, ExchangeKind::kApi, "/2.0/user/emails",
                 exchanges(api_exchange("/2.0/user/emails", 403, "{}")));
  const SessionState state = session.snapshot();
  EXPECT_EQ(label(diagram_rows(state, nullptr, true)[3]), "GET /2.0/user/emails");
  EXPECT_EQ(states(diagram_rows(state, nullptr, true)),
            "done done done done refused never idle idle idle idle");
  EXPECT_EQ(label(diagram_rows(state, state.find(2), true)[3]), "GET /2.0/user Bearer ••••");
}

TEST(Diagram, ANewRunStartsDark) {
  Session session{"csrf"};
  run_as_alice(session);
  session.begin_run("carol", {}, true);
  EXPECT_EQ(states(diagram_rows(session.snapshot(), nullptr, true)),
            "done idle idle idle idle idle idle idle idle idle");
}

TEST(Diagram, ShowsTheGrantThatWasRun) {
  struct Case {
    Grant grant;
    std::string_view states;
    std::string_view first;
  };
  constexpr Case kCases[] = {
      {Grant::kAuthorizationCode, "done done done done done done done done idle idle idle idle",
       "authorize response_type=code"},
      {Grant::kClientCredentials, "done done done done done idle idle idle idle",
       "POST /site/oauth2/access_token"},
      {Grant::kJwt, "done done done done done idle idle", "POST /site/oauth2/access_token"},
  };
  for (const Case& each : kCases) {
    Session session{"csrf"};
    const int run = session.begin_run("", {}, false, each.grant);
    session.record(run, ExchangeKind::kToken, {}, exchanges(token_exchange()));
    session.record(run, ExchangeKind::kApi, "/2.0/user",
                   exchanges(api_exchange("/2.0/user", 200, "{}")));
    const json rows = diagram_rows(session.snapshot(), nullptr, true);
    EXPECT_EQ(states(rows), each.states);
    EXPECT_EQ(label(rows[0]), each.first);
    EXPECT_EQ(rows[0]["phase"], "Get a token");
  }
}

TEST(Diagram, ARefusalThatTheBrowserBroughtIsRedBeforeAnyRequest) {
  Session session{"csrf"};
  const int run = session.begin_run("", {}, false, Grant::kAuthorizationCode);
  session.refused(run, {.kind = Failure::Kind::kRefused, .error = "access_denied"});
  const json rows = diagram_rows(session.snapshot(), nullptr, true);
  EXPECT_EQ(states(rows), "done done refused never never never never never idle idle idle idle");
  EXPECT_EQ(label(rows[2]), "access_denied");
}

TEST(Diagram, AnEditedRequestIsShownOnlyWhileItIsOpen) {
  Session session{"csrf"};
  run_as_alice(session);
  Exchange edited = token_exchange();
  edited.response->start_line = wire_text("HTTP/1.1 400 Bad Request");
  const int id = session.record(1, ExchangeKind::kToken, kEdited, exchanges(std::move(edited)));
  const SessionState state = session.snapshot();
  EXPECT_EQ(label(diagram_rows(state, nullptr, true)[2]), "200 access_token");
  EXPECT_EQ(diagram_rows(state, state.find(id), true)[2]["state"], "refused");
}

TEST(Diagram, TimesAreReadable) {
  EXPECT_EQ(duration_words(std::chrono::microseconds{400}), "under 1 ms");
  EXPECT_EQ(duration_words(std::chrono::milliseconds{41}), "41 ms");
  EXPECT_EQ(duration_words(std::chrono::milliseconds{1240}), "1.2 s");
}

}  // namespace
}  // namespace bbgrant::app

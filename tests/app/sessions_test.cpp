// SPDX-License-Identifier: MIT
#include "app/sessions.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "sample_exchange.hpp"

namespace bbgrant::app {
namespace {

using namespace std::chrono_literals;

class SessionsTest : public ::testing::Test {
 protected:
  base::ManualClock clock;
  Sessions sessions{{.visitors = 3, .active = 2}, clock};
};

struct S25_SessionFixation : SessionsTest {};

TEST_F(S25_SessionFixation, IdHas256BitsAndIsNeverTheSame) {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(random_id());
  EXPECT_EQ(ids.size(), 100U);
  EXPECT_EQ(ids.begin()->size(), 43U);
}

TEST_F(S25_SessionFixation, PlantedIdIsNoSession) {
  EXPECT_EQ(sessions.find("planted"), nullptr);
  EXPECT_NE(sessions.renew("planted").id, "planted");
}

TEST_F(S25_SessionFixation, RenewingKeepsTheStateAndKillsTheOldId) {
  const auto opened = sessions.open();
  opened.session->begin_run("alice", {}, false);
  const std::string csrf = opened.session->snapshot().csrf;
  const auto renewed = sessions.renew(opened.id);
  EXPECT_NE(renewed.id, opened.id);
  EXPECT_EQ(sessions.find(opened.id), nullptr);
  EXPECT_EQ(sessions.find(renewed.id)->snapshot().runs.size(), 1U);
  EXPECT_NE(renewed.session->snapshot().csrf, csrf);
}

TEST_F(S25_SessionFixation, IdleSessionEndsAfter30Minutes) {
  const auto opened = sessions.open();
  clock.advance(29min);
  EXPECT_NE(sessions.find(opened.id), nullptr);
  clock.advance(29min);
  EXPECT_NE(sessions.find(opened.id), nullptr);
  clock.advance(30min);
  EXPECT_EQ(sessions.find(opened.id), nullptr);
  EXPECT_EQ(sessions.size(), 0U);
}

TEST_F(S25_SessionFixation, NoSessionOutlives12Hours) {
  auto opened = sessions.open();
  std::string id = opened.id;
  for (int i = 0; i < 35; ++i) {
    clock.advance(20min);
    ASSERT_NE(sessions.find(id), nullptr) << i;
    id = sessions.renew(id).id;  // signing in again does not make it younger
  }
  clock.advance(20min);
  EXPECT_EQ(sessions.find(id), nullptr);
}

TEST_F(S25_SessionFixation, EndedSessionIsGone) {
  const auto opened = sessions.open();
  sessions.end(opened.id);
  sessions.end("unknown");
  EXPECT_EQ(sessions.find(opened.id), nullptr);
}

struct S51_SessionsPileUp : SessionsTest {};

TEST_F(S51_SessionsPileUp, TheLongestUnusedVisitorGoesFirst) {
  const auto first = sessions.open();
  const auto second = sessions.open();
  const auto third = sessions.open();
  ASSERT_NE(sessions.find(first.id), nullptr);
  const auto fourth = sessions.open();
  EXPECT_EQ(sessions.size(), 3U);
  EXPECT_EQ(sessions.find(second.id), nullptr);
  EXPECT_NE(sessions.find(first.id), nullptr);
}

TEST_F(S51_SessionsPileUp, VisitorsDoNotPushOutThoseWhoSignedIn) {
  const auto signed_in = sessions.renew(sessions.open().id);
  for (int i = 0; i < 100; ++i) static_cast<void>(sessions.open());
  EXPECT_NE(sessions.find(signed_in.id), nullptr);
  EXPECT_EQ(sessions.size(), 4U);
}

TEST_F(S51_SessionsPileUp, TranscriptIsBounded) {
  Session session{"csrf"};
  const int run = session.begin_run("alice", {}, false);
  for (int i = 0; i < 250; ++i) {
    session.record(run, ExchangeKind::kToken, {}, exchanges(token_exchange()));
  }
  const SessionState state = session.snapshot();
  EXPECT_EQ(state.transcript.size(), 200U);
  EXPECT_TRUE(state.transcript_cut);
  EXPECT_EQ(state.transcript.back()->id, 250);
}

TEST(S47_FormToken, IsComparedWhole) {
  const Session session{"right-token"};
  EXPECT_TRUE(session.is_csrf_token("right-token"));
  EXPECT_FALSE(session.is_csrf_token("right-toke"));
  EXPECT_FALSE(session.is_csrf_token("right-token2"));
  EXPECT_FALSE(session.is_csrf_token("wrong-token"));
  EXPECT_FALSE(session.is_csrf_token(""));
}

TEST(Session, StatusComesFromTheStartLine) {
  EXPECT_EQ(status_of(token_exchange()), 200);
  EXPECT_EQ(status_of(token_exchange("bob", 400)), 400);
  Exchange silent = token_exchange();
  silent.response.reset();
  EXPECT_EQ(status_of(silent), 0);
}

TEST(Session, LateAnswerOfAnOlderRunReplacesNothing) {
  Session session{"csrf"};
  const int older = session.begin_run("alice", {}, false);
  const int newer = session.begin_run("carol", {}, false);
  const auto token = std::make_shared<const Token>(sample_token({}, "account"));
  EXPECT_TRUE(session.signed_in(newer, token));
  EXPECT_FALSE(session.signed_in(older, std::make_shared<const Token>()));
  session.refused(older, {.what = "late"});
  session.greet(older, "Alice");
  const SessionState state = session.snapshot();
  EXPECT_EQ(state.token, token);
  EXPECT_FALSE(state.trouble);
  EXPECT_EQ(state.display_name, "");
}

TEST(Session, NewRunGivesOutTheTokenOfTheOneBefore) {
  Session session{"csrf"};
  run_as_alice(session);
  std::optional<Replaced> replaced;
  session.use_consumer(1);
  session.begin_run("carol", {}, false, Grant::kPassword, &replaced);
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->run, 1);
  EXPECT_EQ(replaced->consumer, 0U);
}

TEST(S18_State, IsTakenOnceAndNotAfterTenMinutes) {
  Session session{"csrf"};
  const auto start = std::chrono::steady_clock::time_point{} + std::chrono::hours{1};
  const auto keep = [&] {
    session.await({.authorization = {.state = Secret{std::string_view{"state"}}}, .begun = start});
  };
  keep();
  EXPECT_FALSE(session.take_awaited("stat", start));
  EXPECT_FALSE(session.take_awaited("", start));
  EXPECT_TRUE(session.take_awaited("state", start));
  EXPECT_FALSE(session.take_awaited("state", start));
  EXPECT_FALSE(session.take_awaited("", start)) << "what was taken out is an empty state";
  keep();
  EXPECT_FALSE(session.take_awaited("state", start + std::chrono::minutes{11}));
}

}  // namespace
}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#include "app/lesson_view.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sample_exchange.hpp"

namespace bbgrant::app {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

json lesson_for(std::string_view username, bool demo_password, const Failure& failure,
                bool demo = true) {
  Session session{"csrf"};
  const int run = session.begin_run(std::string{username}, {"account"}, demo_password);
  session.refused(run, failure);
  return lesson_of(session.snapshot(), {.demo = demo, .server_origin = "http://localhost:7990"});
}

const Failure kBadCredentials{.kind = Failure::Kind::kRefused,
                              .status = 400,
                              .error = "invalid_request",
                              .description = "Invalid resource owner username/password"};

TEST(Lesson, BobIsToldOfTwoStepVerification) {
  const json lesson = lesson_for("bob", true, kBadCredentials);
  EXPECT_EQ(lesson["title"], "Refused: bob has two-step verification");
  EXPECT_EQ(lesson["actions"][0]["href"], "#step-8");
}

TEST(Lesson, BobWithAWrongPasswordIsNotToldThatItWasRight) {
  const json lesson = lesson_for("bob", false, kBadCredentials);
  EXPECT_EQ(lesson["title"], "Refused: that is not bob's password");
  EXPECT_THAT(lesson.dump(), Not(HasSubstr("The password was right")));
}

TEST(S9_ReasonOfRefusal, OtherAccountsHearOnlyWhatTheAnswerTells) {
  for (const auto& lesson : {lesson_for("dave", false, kBadCredentials),
                             lesson_for("bob", true, kBadCredentials, false)}) {
    EXPECT_EQ(lesson["title"], "Refused: wrong password, or two-step verification");
    EXPECT_THAT(lesson["means"], HasSubstr("the answer does not tell"));
  }
}

TEST(S72_TheUserIsTold, NoLessonAdvisesToSwitchTwoStepOff) {
  const std::string text = lesson_for("bob", true, kBadCredentials).dump();
  EXPECT_THAT(text, HasSubstr("Switching the second step off is not the way."));
}

struct Case {
  const char* name;
  Failure failure;
  const char* title;
};

TEST(Lesson, EachRefusalHasItsOwn) {
  const Case cases[] = {
      {"consumer",
       {.status = 400, .error = "unauthorized_client"},
       "Refused: the server does not know this app"},
      {"rfc consumer",
       {.status = 401, .error = "invalid_client"},
       "Refused: the server does not know this app"},
      {"grant ended",
       {.status = 400, .error = "unsupported_grant_type"},
       "Refused: this server has ended the password grant"},
      {"throttled",
       {.status = 429, .error = "temporarily_unavailable", .retry_after = std::chrono::seconds{8}},
       "Refused: too many wrong passwords"},
      {"fault",
       {.status = 503, .error = "temporarily_unavailable"},
       "The authorization server could not do it"},
      {"down", {.kind = Failure::Kind::kUnreachable}, "Nobody answers at the server"},
      {"silent", {.kind = Failure::Kind::kNoAnswer}, "No answer from the server"},
      {"malformed", {.kind = Failure::Kind::kMalformed, .status = 200}, "That did not work"},
      {"busy", {.kind = Failure::Kind::kBusy}, "This app is busy"},
  };
  for (const Case& each : cases) {
    const json lesson = lesson_for("alice", true, each.failure);
    EXPECT_EQ(lesson["title"], each.title) << each.name;
    for (const char* part : {"means", "todo"}) EXPECT_FALSE(lesson[part].empty()) << each.name;
    EXPECT_FALSE(lesson["actions"].empty()) << each.name;
  }
}

TEST(Lesson, MissingScopeIsNamedAndTickedForTheNextTime) {
  Session session{"csrf"};
  run_as_alice(session);
  session.note_trouble({.where = ExchangeKind::kApi,
                        .failure = {.kind = Failure::Kind::kApi,
                                    .status = 403,
                                    .error = "Your credentials lack one or more required "
                                             "privilege scopes.",
                                    .required = {"email"},
                                    .granted = {"account", "repository"}},
                        .path = "/2.0/user/emails"});
  const SessionState state = session.snapshot();
  const json lesson = lesson_of(state, {.demo = true});
  EXPECT_EQ(lesson["title"], "Refused: the scope email is missing");
  EXPECT_THAT(lesson["means"], HasSubstr("account repository"));
  EXPECT_TRUE(state.form_scopes->contains("email"));
  EXPECT_TRUE(state.form_scopes->contains("account"));
}

TEST(Lesson, DeadTokenSaysWhetherItWasRevokedHere) {
  Session session{"csrf"};
  run_as_alice(session);
  const Trouble dead{.where = ExchangeKind::kApi,
                     .failure = {.kind = Failure::Kind::kApi, .status = 401},
                     .path = "/2.0/user"};
  session.note_trouble(dead);
  EXPECT_EQ(lesson_of(session.snapshot(), {})["title"], "Refused: the token is not good any more");
  session.revoked(session.snapshot().run()->number);
  session.note_trouble(dead);
  EXPECT_EQ(lesson_of(session.snapshot(), {})["title"], "Refused: the token was revoked");
}

}  // namespace
}  // namespace bbgrant::app

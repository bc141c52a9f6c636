// SPDX-License-Identifier: MIT
#include <string>

#include "authorization/authorization_fixture.hpp"

namespace bbgrant::authorization {
namespace {

using std::string_view_literals::operator""sv;

using std::chrono_literals::operator""s;

class PasswordGrantTest : public testing::AuthorizationFixture {};

class PasswordGrantUnderRfcErrors : public testing::AuthorizationFixture {
 protected:
  PasswordGrantUnderRfcErrors() : AuthorizationFixture(ErrorStyle::kRfc6749) {}
};

constexpr const char* kWrong =
    R"({"error_description":"Invalid resource owner username/password","error":"invalid_request"})";

TEST_F(PasswordGrantTest, IssuesABearerTokenForTwoHoursAndARefreshToken) {
  const auto response = post({.body = password_body()});
  EXPECT_EQ(response.status, 200);
  const auto body = nlohmann::json::parse(response.body);
  EXPECT_EQ(body.at("access_token").get<std::string>().size(), 96U);
  EXPECT_EQ(body.at("token_type"), "bearer");
  EXPECT_EQ(body.at("expires_in"), 7200);
  EXPECT_EQ(body.at("scopes"), "account email repository");
  EXPECT_EQ(body.at("scope"), "account email repository");
  EXPECT_EQ(body.at("state"), "password");
  EXPECT_EQ(body.at("refresh_token").get<std::string>().size(), 43U);
  EXPECT_EQ(body.size(), 7U) << "S11: nothing else";
}

TEST_F(PasswordGrantTest, S13_TheStoreKnowsTheTokenByItsHashAlone) {
  const auto token = post_json({.body = password_body()}).at("access_token").get<std::string>();
  const auto found = wait_for(store->find_access_token(hash_of(token)));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->account->nickname, "alice");
  EXPECT_EQ(found->expires_at, clock.now() + 7200s);
}

TEST_F(PasswordGrantTest, TakesAConfirmedEmailAddressAsUserName) {
  EXPECT_EQ(post({.body = "grant_type=password&username=alice%40example.com"
                          "&password=alice-password"})
                .status,
            200);
}

TEST_F(PasswordGrantTest, S9_EveryReasonGivesTheSameAnswerAndCostsOneHash) {
  const char* bodies[] = {
      "grant_type=password&username=nobody&password=alice-password",
      "grant_type=password&username=alice&password=wrong",
      "grant_type=password&username=bob&password=bob-password",    // two-step
      "grant_type=password&username=dave&password=dave-password",  // disabled
      "grant_type=password&username=ALICE&password=alice-password",
      "grant_type=password&username=alice&password=alice-password%20",
  };
  for (const auto* body : bodies) {
    SCOPED_TRACE(body);
    const auto before = server->hasher().computed();
    const auto response = post({.body = body});
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body, kWrong);
    EXPECT_EQ(server->hasher().computed(), before + 1);
  }
}

TEST_F(PasswordGrantTest, S9_TheReasonStandsInTheLogAlone) {
  (void)post({.body = "grant_type=password&username=bob&password=bob-password"});
  ASSERT_FALSE(lines.empty());
  const auto event = nlohmann::json::parse(lines.front());
  EXPECT_EQ(event.at("event"), "sign_in_refused");
  EXPECT_EQ(event.at("reason"), "two_step");
  EXPECT_EQ(event.at("user"), "bob");
}

TEST_F(PasswordGrantUnderRfcErrors, S9_SendsInvalidGrant) {
  const auto body = post_json({.body = "grant_type=password&username=alice&password=wrong"});
  EXPECT_EQ(body.at("error"), "invalid_grant");
}

TEST_F(PasswordGrantTest, S5_MissingAndEmptyParametersAreNamed) {
  for (const auto& [body, missing] : {
           std::pair{"grant_type=password&password=x", "username"},
           std::pair{"grant_type=password&username=&password=x", "username"},
           std::pair{"grant_type=password&username=alice", "password"},
           std::pair{"grant_type=password&username=alice&password=", "password"},
       }) {
    SCOPED_TRACE(body);
    const auto answer = post_json({.body = body});
    EXPECT_EQ(answer.at("error"), "invalid_request");
    EXPECT_EQ(answer.at("error_description"),
              "The parameter " + std::string{missing} + " is missing");
  }
}

TEST_F(PasswordGrantTest, S12_NarrowsTheScopesAndIgnoresTheRest) {
  const auto granted = [this](const std::string& scope) {
    return post_json({.body = password_body() + "&scope=" + scope}).at("scopes");
  };
  EXPECT_EQ(granted("account"), "account");
  EXPECT_EQ(granted("repository++account"), "account repository");
  EXPECT_EQ(granted(""), "account email repository") << "S5: empty is missing";
  EXPECT_EQ(granted("account+webhook"), "account");
  EXPECT_EQ(granted("webhook"), "") << "none, never all";
  EXPECT_EQ(granted("openid"), "");
  EXPECT_EQ(granted("%22"), "");
  EXPECT_EQ(granted(std::string(1025, 'x')), "");
}

TEST_F(PasswordGrantUnderRfcErrors, S12_RefusesScopesThatItDoesNotGrant) {
  for (const char* scope : {"webhook", "account+webhook", "%22", "acc%C3%A9"}) {
    SCOPED_TRACE(scope);
    EXPECT_EQ(post_json({.body = password_body() + "&scope=" + scope}).at("error"),
              "invalid_scope");
  }
  EXPECT_EQ(post({.body = password_body() + "&scope=account"}).status, 200);
}

TEST_F(PasswordGrantTest, S10_BlocksAfterTenFailuresRightPasswordOrNot) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(post({.body = "grant_type=password&username=alice&password=wrong"}).status, 400);
  }
  const auto hashes = server->hasher().computed();
  const auto blocked = post({.body = password_body()});
  EXPECT_EQ(blocked.status, 429);
  EXPECT_EQ(blocked.headers.find("Retry-After"), "1");
  EXPECT_EQ(nlohmann::json::parse(blocked.body).at("error"), "temporarily_unavailable");
  EXPECT_EQ(server->hasher().computed(), hashes) << "checked before the hash";
  EXPECT_EQ(post({.body = password_body(), .address = "192.0.2.2"}).status, 200)
      << "another address is not locked out";
  clock.advance(1s);
  EXPECT_EQ(post({.body = password_body()}).status, 200);
}

TEST_F(PasswordGrantTest, S9_TheRightPasswordOfATwoStepUserIsCountedLikeAWrongOne) {
  for (int i = 0; i < 10; ++i) (void)post({.body = password_body("bob")});
  EXPECT_EQ(post({.body = password_body("bob")}).status, 429);
}

TEST_F(PasswordGrantTest, S31_APasswordChangedMeanwhileKillsTheToken) {
  const auto token = post_json({.body = password_body()}).at("access_token").get<std::string>();
  wait_for(store->set_password(alice, server->hasher().hash(Secret{"new-password"sv})));
  EXPECT_TRUE(wait_for(store->find_access_token(hash_of(token)))->revoked);
  EXPECT_EQ(post({.body = password_body()}).body, kWrong);
}

TEST_F(PasswordGrantTest, S8_IsRefusedToAConsumerThatMayNotUseItBeforeAnyHash) {
  const auto before = server->hasher().computed();
  const auto answer =
      post_json({.body = password_body(), .authorization = testing::basic("narrow", "secret")});
  EXPECT_EQ(answer.at("error"), "unauthorized_client");
  EXPECT_EQ(server->hasher().computed(), before);
}

TEST_F(PasswordGrantTest, IsUnknownUnderTheRulesOfToday) {
  const auto response =
      post({.body = password_body(), .authorization = testing::basic("today", "secret")});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body,
            R"({"error_description":"Unsupported grant type: password","error":"invalid_grant"})");
}

TEST_F(PasswordGrantTest, S58_ADemoConsumerIsRefusedWhereOthersCanReachTheServer) {
  store::Consumer demo = wait_for(store->find_consumer("key")).value();
  demo.key = "demo";
  demo.demo = true;
  (void)wait_for(store->add_consumer(demo));
  const Sent sent{.body = password_body(), .authorization = testing::basic("demo", "secret")};
  EXPECT_EQ(post(sent).status, 200);
  Behaviour behaviour;
  behaviour.refuse_demo = true;
  restart(behaviour);
  EXPECT_EQ(post_json(sent).at("error"), "unauthorized_client");
}

TEST_F(PasswordGrantTest, S63_NoLogLineHoldsASecret) {
  const auto body = post_json({.body = password_body()});
  (void)post({.body = "grant_type=password&username=alice&password=wr0ng-secret"});
  (void)post({.body = "grant_type=password&username=typed-secret&password=x"});
  for (const auto& line : lines) {
    for (const std::string& secret :
         {body.at("access_token").get<std::string>(), body.at("refresh_token").get<std::string>(),
          std::string{"alice-password"}, std::string{"wr0ng-secret"},
          std::string{"typed-secret"}}) {
      EXPECT_EQ(line.find(secret), std::string::npos) << line;
    }
  }
}

}  // namespace
}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <utility>

#include "authorization/authorization_fixture.hpp"
#include "authorization/seal.hpp"
#include "authorization/token_issuer.hpp"

namespace bbgrant::authorization {
namespace {

using std::chrono_literals::operator""h;

class RefreshGrantTest : public testing::AuthorizationFixture {
 protected:
  nlohmann::json first(const std::string& scope = "") {
    return post_json({.body = password_body() + "&scope=" + scope});
  }
  http::Response refresh(const std::string& token, const std::string& more = "",
                         const std::string& authorization = testing::basic("key", "secret")) {
    return post({.body = "grant_type=refresh_token&refresh_token=" + token + more,
                 .authorization = authorization});
  }
  http::Response revoke(const std::string& token,
                        const std::string& authorization = testing::basic("key", "secret"),
                        const std::string& more = "") {
    return post({.body = "token=" + token + more,
                 .authorization = authorization,
                 .path = "/site/oauth2/revoke"});
  }
  bool alive(const std::string& access_token) {
    const auto found = wait_for(store->find_access_token(hash_of(access_token)));
    return found && !found->revoked;
  }

  static constexpr const char* kInvalid =
      R"({"error_description":"Invalid refresh_token","error":"invalid_request"})";
};

TEST_F(RefreshGrantTest, GivesANewAccessTokenAndTheSameRefreshToken) {
  const auto before = first("account");
  const auto response = refresh(before.at("refresh_token"));
  EXPECT_EQ(response.status, 200);
  const auto after = nlohmann::json::parse(response.body);
  EXPECT_NE(after.at("access_token"), before.at("access_token"));
  EXPECT_EQ(after.at("refresh_token"), before.at("refresh_token"));
  EXPECT_EQ(after.at("scopes"), "account");
  EXPECT_EQ(after.at("state"), "refresh_token");
  EXPECT_TRUE(alive(before.at("access_token"))) << "the older token stays good";
  EXPECT_TRUE(alive(after.at("access_token")));
}

TEST_F(RefreshGrantTest, NeverEndsByTime) {
  const std::string token = first().at("refresh_token");
  clock.advance(10'000h);
  EXPECT_EQ(refresh(token).status, 200);
}

TEST_F(RefreshGrantTest, S26_RefusesTheTokenOfAnotherClientAndChangesNothing) {
  const std::string token = first().at("refresh_token");
  EXPECT_EQ(refresh(token, "", testing::basic("other", "secret")).body, kInvalid);
  EXPECT_EQ(refresh(token).status, 200);
}

TEST_F(RefreshGrantTest, S77_EveryDeadOrWrongTokenHasOneAnswer) {
  const auto tokens = first();
  const std::string revoked = first().at("refresh_token");
  EXPECT_EQ(revoke(revoked).status, 200);
  for (const std::string& token :
       {std::string{"unknown"}, revoked, tokens.at("access_token").get<std::string>()}) {
    EXPECT_EQ(refresh(token).status, 400);
    EXPECT_EQ(refresh(token).body, kInvalid);
  }
  EXPECT_EQ(nlohmann::json::parse(refresh("").body).at("error_description"),
            "The parameter refresh_token is missing");
}

// What rotates: a consumer of the older rules that asks for it, and one of the rules of today.
class S27_Rotation : public RefreshGrantTest {
 protected:
  S27_Rotation() {
    auto rotating = consumer("rotating", "account email");
    rotating.rotation = true;
    (void)wait_for(store->add_consumer(std::move(rotating)));
    auto steady = consumer("steady", "account email");
    steady.profile = profile_names().back();
    steady.rotation = false;
    (void)wait_for(store->add_consumer(std::move(steady)));
  }

  std::string issued(const std::string& key) {
    const auto consumer = wait_for(store->find_consumer(key)).value();
    const auto account = wait_for(store->find_account(alice)).value();
    base::Log quiet{[](std::string_view) {}};
    TokenIssuer issuer{*store, clock, quiet, std::nullopt};
    TokenOrder order{.consumer = consumer,
                     .profile = *find_profile(consumer.profile),
                     .grant = "authorization_code",
                     .account = &account,
                     .scopes = {"account"},
                     .address = {},
                     .id = {}};
    auto outcome = wait_for(issuer.issue(std::move(order)));
    return std::string{std::get<Issued>(outcome).refresh_token->reveal()};
  }
  http::Response refresh_as(const std::string& key, const std::string& token) {
    return refresh(token, "", testing::basic(key, "secret"));
  }
  nlohmann::json successor(const std::string& key, const std::string& token) {
    return nlohmann::json::parse(refresh_as(key, token).body);
  }
};

TEST_F(S27_Rotation, ALostAnswerCanBeRetriedWithinTheGraceOnly) {
  for (const auto& [key, grace] : {std::pair{"rotating", std::chrono::seconds{10}},
                                   std::pair{"today", std::chrono::seconds{600}}}) {
    SCOPED_TRACE(key);
    const std::string token = issued(key);
    const auto first = successor(key, token);
    ASSERT_NE(first.at("refresh_token"), token);
    clock.advance(grace - std::chrono::seconds{1});
    const auto retry = successor(key, token);
    EXPECT_EQ(retry.at("refresh_token"), first.at("refresh_token"));
    EXPECT_NE(retry.at("access_token"), first.at("access_token"));
    clock.advance(std::chrono::seconds{1});
    const auto late = refresh_as(key, token);
    EXPECT_EQ(late.status, 400);
    EXPECT_EQ(late.body, kInvalid);
    EXPECT_FALSE(alive(first.at("access_token"))) << "the family dies";
    EXPECT_FALSE(alive(retry.at("access_token")));
    EXPECT_EQ(refresh_as(key, first.at("refresh_token")).body, kInvalid);
  }
}

TEST_F(S27_Rotation, ReuseIsLogged) {
  const std::string token = issued("today");
  ASSERT_EQ(refresh_as("today", token).status, 200);
  clock.advance(1h);
  ASSERT_EQ(refresh_as("today", token).status, 400);
  const auto line = std::ranges::find_if(lines, [](const std::string& text) {
    return text.find("refresh_token_reused") != std::string::npos;
  });
  ASSERT_NE(line, lines.end());
  EXPECT_EQ(line->find(token), std::string::npos);
}

TEST_F(S27_Rotation, UnusedForThreeMonthsItIsDeadUnderTheRulesOfToday) {
  for (const char* key : {"today", "steady"}) {
    SCOPED_TRACE(key);
    std::string token = issued(key);
    for (int use = 0; use < 3; ++use) {  // each use starts the three months anew
      clock.advance(90 * 24h - std::chrono::seconds{1});
      const auto answer = refresh_as(key, token);
      ASSERT_EQ(answer.status, 200);
      token = nlohmann::json::parse(answer.body).at("refresh_token");
    }
    clock.advance(90 * 24h);
    EXPECT_EQ(refresh_as(key, token).body, kInvalid);
  }
}

TEST_F(S27_Rotation, TheConsumersSettingIsStrongerThanItsProfile) {
  const std::string token = issued("steady");
  EXPECT_EQ(successor("steady", token).at("refresh_token"), token);
  EXPECT_EQ(successor("steady", token).at("refresh_token"), token);
}

TEST_F(S27_Rotation, S26_AStrangersReuseChangesNothing) {
  const std::string token = issued("rotating");
  const std::string next = successor("rotating", token).at("refresh_token");
  clock.advance(1h);
  EXPECT_EQ(refresh_as("today", token).body, kInvalid);
  EXPECT_EQ(refresh_as("rotating", next).status, 200);
}

TEST_F(S27_Rotation, TheSuccessorIsSealedWithTheTokenItself) {
  const Secret token = random_token();
  const auto box = Sealer::with_key_of(token).seal(Secret{std::string_view{"successor"}});
  EXPECT_EQ(Sealer::with_key_of(token).open(box)->reveal(), "successor");
  EXPECT_FALSE(Sealer::with_key_of(random_token()).open(box));
  const Hash hash = hash_of(token.reveal());
  EXPECT_FALSE(Sealer::with_key_of(Secret{std::string{hash.begin(), hash.end()}}).open(box));
}

TEST_F(RefreshGrantTest, S28_NarrowsButNeverWidens) {
  const std::string token = first("account+email").at("refresh_token");
  const auto scopes = [&](const std::string& asked) {
    return nlohmann::json::parse(refresh(token, "&scope=" + asked).body).at("scopes");
  };
  EXPECT_EQ(scopes("account"), "account");
  EXPECT_EQ(scopes("account+email"), "account email") << "narrowing once does not last";
  EXPECT_EQ(scopes("account+repository"), "account");
  EXPECT_EQ(scopes(""), "account email");
}

TEST_F(RefreshGrantTest, S28_UnderTheStandardsErrorsWideningIsRefused) {
  const std::string token = first("account").at("refresh_token");
  Behaviour behaviour;
  behaviour.errors = ErrorStyle::kRfc6749;
  restart(behaviour);
  EXPECT_EQ(nlohmann::json::parse(refresh(token, "&scope=account+email").body).at("error"),
            "invalid_scope");
  EXPECT_EQ(nlohmann::json::parse(refresh("unknown").body).at("error"), "invalid_grant");
}

TEST_F(RefreshGrantTest, S77_AConsumerThatLostAScopeGivesWhatIsLeft) {
  const std::string token = first("account+email").at("refresh_token");
  auto consumer = wait_for(store->find_consumer("key")).value();
  consumer.permissions = "email";
  wait_for(store->update_consumer(consumer));
  EXPECT_EQ(nlohmann::json::parse(refresh(token).body).at("scopes"), "email");
}

TEST_F(RefreshGrantTest, S29_RevokingARefreshTokenKillsItsAccessTokens) {
  const auto tokens = first();
  EXPECT_EQ(revoke(tokens.at("refresh_token")).status, 200);
  EXPECT_FALSE(alive(tokens.at("access_token")));
}

TEST_F(RefreshGrantTest, S29_RevokingAnAccessTokenLeavesTheRefreshToken) {
  const auto tokens = first();
  EXPECT_EQ(revoke(tokens.at("access_token")).status, 200);
  EXPECT_FALSE(alive(tokens.at("access_token")));
  EXPECT_EQ(refresh(tokens.at("refresh_token")).status, 200);
}

TEST_F(RefreshGrantTest, S29_AnUnknownOrDeadTokenIs200) {
  EXPECT_EQ(revoke("unknown").status, 200);
  const std::string token = first().at("access_token");
  EXPECT_EQ(revoke(token).status, 200);
  EXPECT_EQ(revoke(token).status, 200);
}

TEST_F(RefreshGrantTest, S30_AStrangerCannotRevoke) {
  const std::string token = first().at("access_token");
  const auto foreign = revoke(token, testing::basic("other", "secret"));
  EXPECT_EQ(foreign.status, 400);
  EXPECT_EQ(nlohmann::json::parse(foreign.body).at("error"), "unauthorized_client");
  EXPECT_EQ(revoke(token, "").status, 400);
  EXPECT_TRUE(alive(token));
}

TEST_F(RefreshGrantTest, S78_ASloppyRevocationIsRefused) {
  const std::string token = first().at("access_token");
  const auto refused = [](const http::Response& response) {
    return response.status == 400 &&
           nlohmann::json::parse(response.body).at("error") == "invalid_request";
  };
  EXPECT_TRUE(refused(revoke("")));
  EXPECT_TRUE(refused(revoke(token + "&token=" + token)));
  EXPECT_TRUE(refused(
      revoke(token, testing::basic("key", "secret"), "&token_type_hint=a&token_type_hint=a")));
  EXPECT_TRUE(
      refused(post({.body = "x=1", .query = "token=" + token, .path = "/site/oauth2/revoke"})));
  EXPECT_TRUE(alive(token));
  EXPECT_EQ(revoke(token, testing::basic("key", "secret"), "&token_type_hint=refresh_token").status,
            200)
      << "a wrong hint finds it all the same";
  EXPECT_FALSE(alive(token));
}

}  // namespace
}  // namespace bbgrant::authorization

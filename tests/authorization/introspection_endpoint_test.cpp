// SPDX-License-Identifier: MIT
#include <chrono>
#include <set>
#include <string>

#include "authorization/authorization_fixture.hpp"

namespace bbgrant::authorization {
namespace {

using nlohmann::json;
using std::chrono_literals::operator""h;

constexpr const char* kPath = "/site/oauth2/introspect";

class S79_Introspection : public testing::AuthorizationFixture {
 protected:
  http::Response ask(const std::string& token,
                     const std::string& authorization = testing::basic("key", "secret"),
                     const std::string& more = "") {
    return post({.body = "token=" + token + more, .authorization = authorization, .path = kPath});
  }
  json tokens() { return post_json({.body = password_body() + "&scope=account"}); }
  static std::set<std::string> names(const json& object) {
    std::set<std::string> all;
    for (const auto& [name, value] : object.items()) all.insert(name);
    return all;
  }

  static constexpr const char* kInactive = R"({"active":false})";
};

TEST_F(S79_Introspection, ALiveAccessTokenIsDescribed) {
  const auto response = ask(tokens().at("access_token"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
  const auto now = clock.now().time_since_epoch().count();
  EXPECT_EQ(json::parse(response.body), (json{{"active", true},
                                              {"scope", "account"},
                                              {"client_id", "key"},
                                              {"username", "alice"},
                                              {"token_type", "bearer"},
                                              {"exp", now + 7200},
                                              {"iat", now},
                                              {"sub", "{alice}"}}));
}

TEST_F(S79_Introspection, ALiveRefreshTokenIsDescribed) {
  const auto refresh = json::parse(ask(tokens().at("refresh_token")).body);
  EXPECT_EQ(names(refresh),
            (std::set<std::string>{"active", "scope", "client_id", "username", "iat", "sub"}));
}

TEST_F(S79_Introspection, ATokenOfTheConsumerItselfHasItForItsSubject) {
  const auto today = testing::basic("today", "secret");
  const auto answer = post_json({.body = "grant_type=client_credentials", .authorization = today});
  const auto body = json::parse(ask(answer.at("access_token"), today).body);
  EXPECT_EQ(body.at("sub"), "today");
  EXPECT_FALSE(body.contains("username"));
}

TEST_F(S79_Introspection, WhatIsNotLiveIsOnlyInactive) {
  const auto dead = tokens();
  EXPECT_EQ(post({.body = "token=" + dead.at("refresh_token").get<std::string>(),
                  .path = "/site/oauth2/revoke"})
                .status,
            200);
  EXPECT_EQ(ask("unknown").body, kInactive);
  EXPECT_EQ(ask(dead.at("access_token")).body, kInactive);
  EXPECT_EQ(ask(dead.at("refresh_token")).body, kInactive);
  const auto old = tokens();
  clock.advance(2h);
  EXPECT_EQ(ask(old.at("access_token")).body, kInactive) << "on the second";
}

TEST_F(S79_Introspection, S30_AStrangerLearnsNothing) {
  const auto live = tokens();
  for (const char* kind : {"access_token", "refresh_token"}) {
    const auto foreign = ask(live.at(kind), testing::basic("other", "secret"));
    EXPECT_EQ(foreign.status, 200);
    EXPECT_EQ(foreign.body, kInactive) << kind;
  }
  EXPECT_EQ(ask(live.at("access_token"), "").status, 400);
  EXPECT_EQ(ask(live.at("access_token"), testing::basic("key", "no")).status, 400);
  use_rfc_errors();
  EXPECT_EQ(ask(live.at("access_token"), "").status, 401);
}

TEST_F(S79_Introspection, S78_ASloppyRequestIsRefused) {
  const std::string token = tokens().at("access_token");
  const auto error = [](const http::Response& response) {
    return response.status == 400 ? json::parse(response.body).at("error") : json{};
  };
  const auto key = testing::basic("key", "secret");
  EXPECT_EQ(error(ask("")), "invalid_request");
  EXPECT_EQ(error(ask(token, key, "&token=" + token)), "invalid_request");
  EXPECT_EQ(error(ask(token, key, "&token_type_hint=a&token_type_hint=a")), "invalid_request");
  EXPECT_EQ(error(post({.body = "x=1", .query = "token=" + token, .path = kPath})),
            "invalid_request");
  for (const char* hint : {"refresh_token", "access_token", "unknown", ""}) {
    const auto answer = ask(token, key, std::string{"&token_type_hint="} + hint);
    EXPECT_EQ(json::parse(answer.body).at("active"), true) << hint;
  }
}

TEST_F(S79_Introspection, WhoAsksForManyDeadTokensIsSlowedDown) {
  for (int asked = 0; asked < 1000; ++asked) ASSERT_EQ(ask("unknown").status, 200) << asked;
  const auto refused = ask("unknown");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.find("Retry-After"), "1");
  EXPECT_EQ(ask("unknown", testing::basic("other", "secret")).status, 200) << "another consumer";
  clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(ask("unknown").status, 200);
}

}  // namespace
}  // namespace bbgrant::authorization

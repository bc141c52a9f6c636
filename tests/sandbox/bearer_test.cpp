// SPDX-License-Identifier: MIT
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "sandbox/page_visitor.hpp"

namespace bbgrant::sandbox {
namespace {

using std::chrono_literals::operator""h;

constexpr const char* kInvalid =
    R"({"type":"error","error":{"message":"Token is invalid, expired, or not supported for this endpoint."}})";
constexpr const char* kNeedsToken =
    R"({"type":"error","error":{"message":"This endpoint needs an access token."}})";
constexpr const char* kExpired =
    R"({"type":"error","error":{"message":"Access token expired. Use your refresh token to obtain a new access token."}})";

class Bearer : public ::testing::Test {
 protected:
  testing::RawAnswer with_header(const std::string& value) {
    return server.send("GET /2.0/user", "Authorization: " + value + "\r\n");
  }
  testing::RawAnswer put_form(const std::string& headers, const std::string& body,
                              const std::string& query = "") {
    return server.send("GET /2.0/user" + query,
                       headers + "Content-Type: application/x-www-form-urlencoded\r\n", body);
  }

  testing::RunningSandbox server;
};

TEST_F(Bearer, OpensTheProfileOfTheOneItActsFor) {
  const auto answer = server.get("/2.0/user", server.token("alice"));
  EXPECT_EQ(answer.status, 200);
  const auto user = nlohmann::json::parse(answer.body);
  EXPECT_EQ(user.at("type"), "user");
  EXPECT_EQ(user.at("nickname"), "alice");
  EXPECT_EQ(user.at("display_name"), "Alice Example");
}

TEST_F(Bearer, S33_NoTokenIsAChallengeWithoutAnErrorCode) {
  const auto answer = server.get("/2.0/user");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.body, kNeedsToken);
  EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer realm=\"Bitbucket.org HTTP\"");
  EXPECT_EQ(server.get("/2.0/user?access_token=").status, 401) << "empty is missing";
}

TEST_F(Bearer, S33_AnUnusableTokenIsInvalidToken) {
  const std::string token = server.token("alice");
  for (const std::string& value :
       {std::string{"Bearer"}, std::string{"Bearer unknown"}, "Bearer " + token + " more",
        "Basic " + token, "Bearer \"" + token + "\"", "Bearer " + token + "x",
        "Bearer " + std::string(9000, 'x')}) {
    SCOPED_TRACE(value.substr(0, 40));
    const auto answer = with_header(value);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.body, kInvalid);
    EXPECT_EQ(answer.header("WWW-Authenticate"),
              "Bearer realm=\"Bitbucket.org HTTP\", error=\"invalid_token\"");
  }
}

TEST_F(Bearer, S33_TheSchemeIsTakenInAnyCase) {
  EXPECT_EQ(with_header("bEARER " + server.token("alice")).status, 200);
}

TEST_F(Bearer, S33_TheQueryIsTakenUnderTheRulesOfOld) {
  EXPECT_EQ(server.get("/2.0/user?access_token=" + server.token("alice")).status, 200);
}

TEST_F(Bearer, S33_ATokenEndsOnTheSecond) {
  const std::string token = server.token("alice");
  server.sandbox.clock().advance(std::chrono::seconds{7199} - std::chrono::seconds{1});
  EXPECT_EQ(server.get("/2.0/user", token).status, 200);
  server.sandbox.clock().advance(std::chrono::seconds{2});
  const auto answer = server.get("/2.0/user", token);
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.body, kExpired);
}

TEST_F(Bearer, S32_ATokenInTwoPlacesIsRefused) {
  const std::string token = server.token("alice");
  const std::string header = "Authorization: Bearer " + token + "\r\n";
  const auto refused = [](const testing::RawAnswer& answer) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.header("WWW-Authenticate"),
              "Bearer realm=\"Bitbucket.org HTTP\", error=\"invalid_request\"");
  };
  refused(server.send("GET /2.0/user?access_token=" + token, header));
  refused(server.send("GET /2.0/user?access_token=" + token + "&access_token=" + token));
  refused(server.send("GET /2.0/user", header + header));
}

TEST_F(Bearer, S33_UnderTheRulesOfTodayOnlyTheHeaderCounts) {
  auto options = testing::test_options();
  options.compat = "2026";
  testing::RunningSandbox today{std::move(options)};
  EXPECT_EQ(today.get("/2.0/user?access_token=whatever").body, kNeedsToken) << "ignored";
}

TEST_F(Bearer, S32_OtherCredentialsBesideATokenAreNoSecondToken) {
  const std::string token = server.token("alice");
  EXPECT_EQ(server.send("GET /2.0/user?access_token=" + token, testing::kAppAuthorization).status,
            200);
  EXPECT_EQ(server.send("GET /2.0/user", testing::kAppAuthorization).body, kInvalid);
  EXPECT_EQ(server.send("GET /2.0/user?access_token=no", testing::kAppAuthorization).body,
            kInvalid);
}

TEST_F(Bearer, S33_ADeadTokenInTheQueryKeepsItsProfile) {
  // The server's own profile takes no token in the query; the consumer's does.
  auto options = testing::test_options();
  options.compat = "2026";
  testing::RunningSandbox today{std::move(options)};
  const std::string revoked = today.token("alice");
  ASSERT_EQ(today.post("/site/oauth2/revoke", "token=" + revoked).status, 200);
  EXPECT_EQ(today.get("/2.0/user?access_token=" + revoked).body, kInvalid);
  const std::string expired = today.token("alice");
  today.sandbox.clock().advance(std::chrono::hours{3});
  EXPECT_EQ(today.get("/2.0/user?access_token=" + expired).body, kExpired);

  // And the other way round: a token of today is ignored there, alive or dead.
  const auto long_token = [&] {
    const auto answer = server.send("POST /site/oauth2/access_token",
                                    "Content-Type: application/x-www-form-urlencoded\r\n",
                                    "grant_type=client_credentials&client_id=app-today&"
                                    "client_secret=secret");
    return nlohmann::json::parse(answer.body).at("access_token").get<std::string>();
  }();
  EXPECT_EQ(server.get("/2.0/user?access_token=" + long_token).body, kNeedsToken);
  EXPECT_EQ(server.get("/2.0/user", long_token).status, 200);
  server.sandbox.clock().advance(std::chrono::hours{3});
  EXPECT_EQ(server.get("/2.0/user?access_token=" + long_token).body, kNeedsToken);
  EXPECT_EQ(server.get("/2.0/user", long_token).body, kExpired);
}

TEST_F(Bearer, AConsumerThatActsAsItselfIsAnAppUserInItsWorkspace) {
  const auto answer = server.send("POST /site/oauth2/access_token",
                                  "Content-Type: application/x-www-form-urlencoded\r\n",
                                  "grant_type=client_credentials&client_id=app-today&"
                                  "client_secret=secret");
  const std::string token = nlohmann::json::parse(answer.body).at("access_token");
  const auto body = [&](const char* path) {
    return nlohmann::json::parse(server.get(path, token).body);
  };
  const auto user = body("/2.0/user");
  EXPECT_EQ(user.at("type"), "app_user");
  EXPECT_EQ(user.at("account_status"), "active");
  EXPECT_EQ(user.at("display_name"), "bbgrant sample app, rules of today");
  EXPECT_EQ(user.at("uuid").get<std::string>().size(), 38U);
  EXPECT_FALSE(user.contains("username"));
  EXPECT_EQ(body("/2.0/user/emails").at("size"), 0);
  EXPECT_EQ(body("/2.0/user/workspaces").at("values").at(0).at("workspace").at("slug"), "acme");
  EXPECT_EQ(body("/2.0/repositories/acme").at("size"), 2) << "its private one too";
}

TEST_F(Bearer, S34_AMissingScopeIsNamed) {
  const auto answer = server.get("/2.0/user/emails", server.token("alice", "account"));
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body,
            R"({"type":"error","error":{"message":"Your credentials lack one or more required )"
            R"(privilege scopes.","detail":{"required":["email"],"granted":["account"]}}})");
  EXPECT_EQ(answer.header("WWW-Authenticate"),
            "Bearer realm=\"Bitbucket.org HTTP\", error=\"insufficient_scope\", scope=\"email\"");
  EXPECT_EQ(answer.header("X-OAuth-Scopes"), "account");
  EXPECT_EQ(answer.header("X-Accepted-OAuth-Scopes"), "email");
}

TEST_F(Bearer, S34_EveryOperationThatNeedsAScopeRefusesATokenWithout) {
  const std::string token = server.token("alice", "webhook");
  for (const char* path :
       {"/2.0/user", "/2.0/user/emails", "/2.0/user/workspaces", "/2.0/repositories/acme"}) {
    EXPECT_EQ(server.get(path, token).status, 403) << path;
  }
  EXPECT_EQ(server.get("/2.0/workspaces/acme", token).status, 200) << "any token will do";
}

TEST_F(Bearer, S37_WhatIsNoAccessTokenOpensNothing) {
  const auto answer = server.post("/site/oauth2/access_token",
                                  "grant_type=password&username=alice&password=alice-password");
  const std::string refresh = nlohmann::json::parse(answer.body).at("refresh_token");
  EXPECT_EQ(server.get("/2.0/user", refresh).body, kInvalid);
  EXPECT_EQ(server.get("/2.0/user", "secret").body, kInvalid);
  testing::PageVisitor visitor{server};
  const std::string code = visitor.allow().at("code");
  EXPECT_EQ(server.get("/2.0/user", code).body, kInvalid);
  EXPECT_EQ(
      server.post("/site/oauth2/access_token", "grant_type=authorization_code&code=" + code).status,
      200)
      << "and it is not spent";
}

TEST_F(Bearer, S29_ARevokedTokenIsDeadAtTheNextRequest) {
  const std::string token = server.token("alice");
  EXPECT_EQ(server.post("/site/oauth2/revoke", "token=" + token).status, 200);
  EXPECT_EQ(server.get("/2.0/user", token).body, kInvalid);
}

TEST_F(Bearer, S36_TheTokenOfAQueryReachesNoLogAndNoCache) {
  const std::string token = server.token("alice");
  const auto answer = server.get("/2.0/user?access_token=" + token);
  EXPECT_EQ(answer.header("Cache-Control"), "private");
  EXPECT_EQ(server.lines.all().find(token), std::string::npos);
}

}  // namespace
}  // namespace bbgrant::sandbox

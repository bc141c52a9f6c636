// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

ApiClient api_of(const ScriptedServer& server) {
  return ApiClient{Server::sandbox(server.origin())};
}

TEST(Api, SendsTheTokenInTheHeaderOnly) {
  const ScriptedServer server{answer(200, R"({"nickname":"alice"})")};
  const auto response = api_of(server).get("/2.0/user?fields=nickname", secret("A-T"));
  EXPECT_EQ(response.json().at("nickname"), "alice");
  const auto request = server.requests().at(0);
  EXPECT_THAT(request, ::testing::StartsWith("GET /2.0/user?fields=nickname HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAuthorization: Bearer A-T\r\n"));
  EXPECT_EQ(request.find("A-T"), request.rfind("A-T"));
}

TEST(Api, SendsJson) {
  const ScriptedServer server{answer(201, "{}")};
  const auto api = api_of(server);
  EXPECT_EQ(api.post("/2.0/x", R"({"a":1})", secret("AT")).status, 201);
  static_cast<void>(api.put("/2.0/x", R"({"a":2})", secret("AT")));
  static_cast<void>(api.remove("/2.0/x", secret("AT")));
  const auto requests = server.requests();
  EXPECT_THAT(requests[0], ::testing::StartsWith("POST /2.0/x "));
  EXPECT_THAT(requests[0], HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_EQ(body_of(requests[0]), R"({"a":1})");
  EXPECT_THAT(requests[1], ::testing::StartsWith("PUT /2.0/x "));
  EXPECT_THAT(requests[2], ::testing::StartsWith("DELETE /2.0/x "));
  EXPECT_THAT(requests[2], Not(HasSubstr("Content-Type")));
}

TEST(Api, IsAnonymousWithoutAToken) {
  const ScriptedServer server{answer(200, "{}")};
  static_cast<void>(api_of(server).get("/2.0/x", Secret{}));
  EXPECT_THAT(server.requests().at(0), Not(HasSubstr("Authorization")));
}

TEST(Api, HasNoBodyForHeadAnd204) {
  const ScriptedServer server{Scripted{"HTTP/1.1 204 No Content\r\n\r\n"}};
  const auto api = api_of(server);
  EXPECT_EQ(api.remove("/2.0/x", secret("AT")).status, 204);
  EXPECT_EQ(api.send({.method = "HEAD", .target = "/2.0/x"}, secret("AT")).status, 204);
}

TEST(S39_Token, GoesToNoOtherOrigin) {
  const ScriptedServer server{answer(200, "{}")};
  const ScriptedServer other{answer(200, "{}")};
  const auto api = api_of(server);
  const auto port = std::to_string(server.port());
  const std::vector<std::string> elsewhere{other.origin() + "/2.0/user",
                                           "https://127.0.0.1:" + port + "/2.0/user",
                                           "http://localhost:" + port + "/2.0/user",
                                           "http://127.0.0.1/2.0/user",
                                           "http://u@127.0.0.1:" + port + "/2.0/user",
                                           "2.0/user",
                                           "ftp://127.0.0.1/",
                                           ""};
  for (const auto& target : elsewhere)
    EXPECT_THROW(static_cast<void>(api.get(target, secret("AT"))), ConfigError) << target;
  EXPECT_EQ(server.connections() + other.connections(), 0);
  EXPECT_EQ(api.get(server.origin() + "/2.0/user", secret("AT")).status, 200);
  // Two slashes begin a path here, never a host.
  EXPECT_EQ(api.get("//" + other.origin().substr(7) + "/x", secret("AT")).status, 200);
  EXPECT_EQ(other.connections(), 0);
}

TEST(S39_Redirect, IsFollowedWithinTheOriginOnly) {
  const ScriptedServer other{answer(200, "{}")};
  const ScriptedServer server{[&other](const std::string& request) {
    if (request.starts_with("GET /2.0/src ")) return answer(302, "", "Location: src/abc/\r\n");
    if (request.starts_with("GET /2.0/src/abc/ ")) return answer(200, R"({"here":true})");
    return answer(302, "", "Location: " + other.origin() + "/\r\n");
  }};
  const auto api = api_of(server);
  const auto response = api.get("/2.0/src", secret("AT"));
  EXPECT_EQ(response.json().at("here"), true);
  EXPECT_EQ(response.url, server.origin() + "/2.0/src/abc/");
  EXPECT_THROW(static_cast<void>(api.get("/2.0/elsewhere", secret("AT"))), ProtocolError);
  EXPECT_THROW(static_cast<void>(api.post("/2.0/src", "{}", secret("AT"))), ProtocolError);
  EXPECT_EQ(other.connections(), 0);
}

TEST(S40_RedirectLoop, Ends) {
  const ScriptedServer server{answer(307, "", "Location: /2.0/loop\r\n")};
  EXPECT_THROW(static_cast<void>(api_of(server).get("/2.0/loop", secret("AT"))), ProtocolError);
  EXPECT_EQ(server.requests().size(), 6U);
}

TEST(S40_ApiAnswer, IsBoundedByTheCallersLimit) {
  const ScriptedServer server{answer(200, std::string(2000, ' '))};
  const ApiClient api{Server::sandbox(server.origin()), Options{.api_body_limit = 1999}};
  EXPECT_THROW(static_cast<void>(api.get("/x", secret("AT"))), TransportError);
}

TEST(S40_ApiAnswer, DeepOrBrokenJsonIsATypedError) {
  for (const auto& body : {std::string(200'000, '['), std::string{"<html>"}, std::string{}}) {
    const ScriptedServer server{answer(200, body)};
    const auto response = api_of(server).get("/x", secret("AT"));
    EXPECT_THROW(static_cast<void>(response.json()), ProtocolError);
  }
}

TEST(S86_ApiHeaders, CannotReplaceWhatTheLibrarySends) {
  const ScriptedServer server{answer(200, "{}")};
  const auto api = api_of(server);
  for (const char* name :
       {"authorization", "Host", "Content-Length", "Cookie", "Transfer-Encoding"})
    EXPECT_THROW(
        static_cast<void>(api.send({.target = "/x", .headers = {{name, "x"}}}, secret("AT"))),
        ConfigError)
        << name;
  EXPECT_THROW(
      static_cast<void>(api.send({.target = "/x", .headers = {{"X", "a\r\nY: b"}}}, secret("AT"))),
      ConfigError);
  EXPECT_THROW(
      static_cast<void>(api.send({.target = "/x", .headers = {{"X\r\nY", "a"}}}, secret("AT"))),
      ConfigError);
  EXPECT_THROW(static_cast<void>(api.send({.method = "GET /y", .target = "/x"}, secret("AT"))),
               ConfigError);
  EXPECT_THROW(static_cast<void>(api.get("/x", secret("A\nT"))), ConfigError);
  EXPECT_EQ(server.connections(), 0);
}

/// The error of one call against a server with one answer.
ApiError error_of(const Scripted& scripted) {
  const ScriptedServer server{scripted};
  try {
    static_cast<void>(api_of(server).get("/2.0/x", secret("BEARER")));
  } catch (const ApiError& error) {
    return error;
  }
  throw std::logic_error("no ApiError");
}

TEST(ApiErrors, ReadBitbucketsMissingScope) {
  const auto error = error_of(answer(
      403, R"({"type": "error", "error": {"message": "Your credentials lack one or more required )"
           R"(privilege scopes.", "detail": {"required": ["account"], "granted": ["team"]}}})"));
  EXPECT_EQ(error.status(), 403);
  EXPECT_THAT(error.message(), ::testing::StartsWith("Your credentials lack"));
  EXPECT_EQ(error.answer().required, Scopes{"account"});
  EXPECT_EQ(error.answer().granted, Scopes{"team"});
  EXPECT_THAT(error.advice(), HasSubstr("account"));
}

TEST(ApiErrors, ReadADetailThatIsAString) {
  const auto error = error_of(
      answer(404, R"({"error": {"detail": "There is no API", "message": "Resource not found"},
               "type": "error"})"));
  EXPECT_EQ(error.message(), "Resource not found");
  EXPECT_EQ(error.answer().detail, "There is no API");
}

TEST(ApiErrors, ReadScopesFromHeaders) {
  const auto error = error_of(answer(403, "Forbidden",
                                     "X-OAuth-Scopes: team, email\r\n"
                                     "x-accepted-oauth-scopes: repository\r\n"));
  EXPECT_TRUE(error.message().empty());
  EXPECT_EQ(error.answer().granted, (Scopes{"team", "email"}));
  EXPECT_EQ(error.answer().required, Scopes{"repository"});
}

TEST(ApiErrors, ReadChallengeAndRetryAfter) {
  const auto error = error_of(answer(401, R"({"error":"invalid_token","error_description":"old"})",
                                     "WWW-Authenticate: Bearer realm=\"x\", error=\"invalid_token\""
                                     "\r\nRetry-After: 12\r\n"));
  EXPECT_EQ(error.message(), "invalid_token");
  EXPECT_EQ(error.answer().detail, "old");
  EXPECT_EQ(error.answer().retry_after, 12s);
  ASSERT_EQ(error.answer().challenges.size(), 1U);
  EXPECT_EQ(error.answer().challenges[0].parameter("error"), "invalid_token");
}

TEST(ApiErrors, TakePlainTextAndOddShapes) {
  EXPECT_EQ(error_of(answer(429, "Rate limit for this resource has been exceeded")).status(), 429);
  for (const char* body : {"[]", "null", R"({"error":null})", R"({"error":[1]})", R"({"error":{}})",
                           R"({"error":{"message":7,"detail":{"required":7,"granted":[1]}}})"})
    EXPECT_EQ(error_of(answer(500, body)).status(), 500) << body;
}

TEST(S41_ApiErrors, MaskATokenThatIsEchoed) {
  const auto error = error_of(answer(400, R"({"error":{"message":"bad BEARER"}})",
                                     "X-Echo: BEARER\r\nSet-Cookie: session=COOKIE\r\n"));
  EXPECT_EQ(error.message(), "bad ***");
  EXPECT_THAT(error.what(), Not(HasSubstr("BEARER")));
  EXPECT_THAT(error.answer().masked_body, Not(HasSubstr("BEARER")));
  for (const auto& [name, value] : error.answer().headers) {
    EXPECT_THAT(value, Not(HasSubstr("BEARER"))) << name;
    EXPECT_THAT(value, Not(HasSubstr("COOKIE"))) << name;
  }
}

}  // namespace
}  // namespace bbgrant

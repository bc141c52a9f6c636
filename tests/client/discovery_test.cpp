// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;

std::string path_of(const std::string& request) {
  return request.substr(4, request.find(' ', 4) - 4);
}

std::string document(const std::string& issuer, const std::string& more = "") {
  return R"({"issuer":")" + issuer + R"(","token_endpoint":")" + issuer + "/token\"" + more + "}";
}

/// Serves documents for the issuer at `path` below its own origin.
Discovery discovered(const std::string& path, const std::string& more,
                     std::vector<std::string>& asked) {
  std::string issuer;
  ScriptedServer server{[&](const std::string&) { return answer(200, document(issuer, more)); }};
  issuer = server.origin() + path;
  auto result = discover(issuer);
  for (const auto& request : server.requests()) asked.push_back(path_of(request));
  return result;
}

TEST(S85_Discovery, PutsTheWellKnownPathInRight) {
  for (const auto& [path, expected] :
       {std::pair{"", "/.well-known/oauth-authorization-server"},
        std::pair{"/", "/.well-known/oauth-authorization-server"},
        std::pair{"/tenant/one", "/.well-known/oauth-authorization-server/tenant/one"},
        std::pair{"/tenant/", "/.well-known/oauth-authorization-server/tenant"}}) {
    std::vector<std::string> asked;
    static_cast<void>(discovered(path, "", asked));
    EXPECT_THAT(asked, ::testing::ElementsAre(expected)) << path;
  }
}

TEST(Discovery, ReadsTheEndpoints) {
  std::vector<std::string> asked;
  const auto result =
      discovered("", R"(,"authorization_endpoint":"https://as.example/a","revocation_endpoint":null,
             "introspection_endpoint":"https://as.example/i",
             "authorization_response_iss_parameter_supported":true,
             "token_endpoint_auth_methods_supported":["client_secret_post"])",
                 asked);
  EXPECT_EQ(result.server.token_url, result.server.issuer + "/token");
  EXPECT_EQ(result.server.api_url, result.server.issuer);
  EXPECT_EQ(result.server.authorize_url, "https://as.example/a");
  EXPECT_EQ(result.server.introspect_url, "https://as.example/i");
  EXPECT_TRUE(result.server.revoke_url.empty());
  EXPECT_TRUE(result.server.sends_issuer);
  EXPECT_EQ(result.authentication, ClientAuthentication::kBody);
}

TEST(Discovery, ReadsOpenIdsDocumentWhereTheOtherIsAbsent) {
  std::string issuer;
  const ScriptedServer server{[&issuer](const std::string& request) {
    return path_of(request) == "/t/.well-known/openid-configuration" ? answer(200, document(issuer))
                                                                     : answer(404, "{}");
  }};
  issuer = server.origin() + "/t";
  EXPECT_EQ(discover(issuer).server.token_url, issuer + "/token");
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(S85_Discovery, RefusesADocumentThatIsNotTheIssuersOwn) {
  std::string body;
  int status = 200;
  const ScriptedServer server{[&](const std::string&) { return answer(status, body); }};
  const auto issuer = server.origin();
  const std::string token = R"("token_endpoint":"https://as.example/t")";
  const std::string own = R"({"issuer":")" + issuer + "\",";
  const std::vector<std::string> bad{
      document("https://evil.example"),
      document(issuer + "/"),
      "{" + token + "}",
      R"({"issuer":7,)" + token + "}",
      own + R"("token_endpoint":7})",
      own + R"("token_endpoint":"http://evil.example/t"})",
      own + R"("token_endpoint":"https://u:p@as.example/t"})",
      own + R"("token_endpoint":"file:///etc/passwd"})",
      own + "\"x\":1}",
      own + token + R"(,"revocation_endpoint":"http://evil.example/r"})",
      own + token + "," + token + "}",
      "[]",
      "null",
      "<html>",
      ""};
  for (const auto& text : bad) {
    body = text;
    EXPECT_THROW(static_cast<void>(discover(issuer)), ProtocolError) << text;
  }
  body = document(issuer);
  for (const int other : {201, 302, 403, 500}) {
    status = other;
    EXPECT_THROW(static_cast<void>(discover(issuer)), ProtocolError) << other;
  }
}

TEST(S85_Discovery, ReadsAtMost64Kibibytes) {
  const ScriptedServer server{answer(200, std::string((64U << 10U) + 1, ' '))};
  EXPECT_THROW(static_cast<void>(discover(server.origin())), TransportError);
}

TEST(S85_Discovery, AsksOnlyOverHttpsOrOnThisMachine) {
  for (const char* issuer : {"http://as.example", "as.example", "https://as.example/?x=y",
                             "https://as.example/#f", "https://u@as.example"})
    EXPECT_THROW(static_cast<void>(discover(issuer)), ConfigError) << issuer;
}

}  // namespace
}  // namespace bbgrant

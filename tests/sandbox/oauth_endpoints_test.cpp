// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "sandbox/running_sandbox.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::json;

constexpr const char* kForm = "Content-Type: application/x-www-form-urlencoded\r\n";

// The OAuth endpoints over real sockets: what the HTTP server decides before they are asked.
class OauthEndpoints : public ::testing::Test {
 protected:
  std::string description(const testing::RawAnswer& answer) {
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");  // S11
    return json::parse(answer.body).at("error_description");
  }

  testing::RunningSandbox server;
};

TEST_F(OauthEndpoints, S2_S78_AnythingButPostIs405) {
  for (const char* path : {"access_token", "revoke", "introspect"}) {
    for (const char* method : {"GET", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      SCOPED_TRACE(std::string{method} + " " + path);
      const auto answer = server.send(std::string{method} + " /site/oauth2/" + path);
      EXPECT_EQ(answer.status, 405);
      EXPECT_EQ(answer.header("Allow"), "POST");
    }
  }
}

TEST_F(OauthEndpoints, S1_ChecksComeInOneOrder) {
  // Each line has the fault that it names and every later one; the first fault is answered.
  const std::string big(17 * 1024, 'x');
  const std::string zipped = "Content-Encoding: gzip\r\nContent-Type: application/json\r\n";
  const std::string path = "/site/oauth2/access_token";
  EXPECT_EQ(server.send("GET " + path + "?password=x", zipped, big).status, 405) << "method";

  const std::string secret = "The parameter password must be sent in the body, not in the URL";
  auto answer = server.send("POST " + path + "?password=x", zipped, big);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(description(answer), secret);
  answer = server.send("POST " + path + "?password=x", zipped, "x");
  EXPECT_EQ(answer.status, 400) << "before the encoding too";
  EXPECT_EQ(description(answer), secret);
  answer = server.send("POST /site/oauth2/revoke?token=x", kForm, big);
  EXPECT_EQ(description(answer), "The parameter token must be sent in the body, not in the URL");

  answer = server.send("POST " + path, zipped, big);
  EXPECT_EQ(answer.status, 413) << "size";
  EXPECT_EQ(description(answer), "The body is too large");
  EXPECT_EQ(server.send("POST " + path, zipped, "x").status, 415) << "encoding";
  answer = server.send("POST " + path, "Content-Type: application/json\r\n", "x");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(description(answer), "Unsupported grant type: None") << "content type";
}

TEST_F(OauthEndpoints, S1_ABodyInChunksKeepsTheOrderToo) {
  std::string chunks;
  for (int i = 0; i < 5; ++i) chunks += "1000\r\n" + std::string(4096, 'x') + "\r\n";
  const auto answer =
      server.send("POST /site/oauth2/access_token?code=x",
                  std::string{kForm} + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n");
  EXPECT_EQ(answer.status, 400);
}

TEST_F(OauthEndpoints, S22_MetadataRepeatsTheHostThatTheClientUsed) {
  const auto port = std::to_string(server.sandbox.port());
  const auto answer = server.get("/.well-known/oauth-authorization-server");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/json; charset=utf-8");
  const auto body = json::parse(answer.body);
  EXPECT_EQ(body.at("issuer"), "http://localhost:" + port);
  EXPECT_EQ(body.at("issuer"), server.sandbox.origin());
}

TEST_F(OauthEndpoints, BothProfilesSideBySide) {
  const std::string form = "grant_type=client_credentials";
  const auto ask = [&](const char* key) {
    return json::parse(server
                           .send("POST /site/oauth2/access_token", kForm,
                                 form + "&client_id=" + key + "&client_secret=secret")
                           .body);
  };
  const auto then = ask("app");
  EXPECT_TRUE(then.contains("refresh_token"));
  EXPECT_TRUE(then.contains("scopes"));
  EXPECT_LT(then.at("access_token").get<std::string>().size(), 120U);
  const auto now = ask("app-today");
  EXPECT_FALSE(now.contains("refresh_token"));
  EXPECT_FALSE(now.contains("scopes"));
  EXPECT_GT(now.at("access_token").get<std::string>().size(), 2500U);
  const auto password = json::parse(
      server
          .send("POST /site/oauth2/access_token", kForm,
                "grant_type=password&username=alice&password=alice-password&client_id=app-today&"
                "client_secret=secret")
          .body);
  EXPECT_EQ(password, (json{{"error_description", "Unsupported grant type: password"},
                            {"error", "invalid_grant"}}));
}

class S81_CrossOrigin : public ::testing::Test {
 protected:
  static Options options() {
    auto made = testing::test_options();
    made.cors_origins = {"https://page.example", "http://localhost:8080"};
    made.control = true;
    return made;
  }
  static std::string origin(const std::string& value) { return "Origin: " + value + "\r\n"; }
  static std::string preflight(const std::string& value, const std::string& method) {
    return origin(value) + "Access-Control-Request-Method: " + method +
           "\r\nAccess-Control-Request-Headers: authorization\r\n";
  }
  testing::RunningSandbox server{options()};
};

TEST_F(S81_CrossOrigin, ANamedOriginReadsTheApiAndTheOauthEndpoints) {
  for (const auto& [line, status] :
       {std::pair{"GET /2.0/user", 401}, std::pair{"POST /site/oauth2/access_token", 400},
        std::pair{"POST /site/oauth2/revoke", 400}, std::pair{"POST /site/oauth2/introspect", 400},
        std::pair{"GET /.well-known/oauth-authorization-server", 200}}) {
    SCOPED_TRACE(line);
    const auto answer = server.send(line, origin("https://page.example"));
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://page.example");
    EXPECT_EQ(answer.header("Vary"), "Origin");
    EXPECT_FALSE(answer.header("Access-Control-Allow-Credentials"));
  }
}

TEST_F(S81_CrossOrigin, AnotherOriginReadsNothing) {
  for (const char* value :
       {"null", "*", "https://page.example.evil", "http://page.example",
        "https://page.example:8443", "https://page.example/", "HTTPS://PAGE.EXAMPLE", ""}) {
    SCOPED_TRACE(value);
    const auto answer = server.send("GET /2.0/user", origin(value));
    EXPECT_FALSE(answer.header("Access-Control-Allow-Origin"));
    EXPECT_EQ(answer.header("Vary"), "Origin") << "a cache must not mix them up";
    EXPECT_EQ(server.send("OPTIONS /2.0/user", preflight(value, "GET")).status, 405);
  }
  const std::string good = origin("https://page.example");
  EXPECT_FALSE(server.send("GET /2.0/user", good + good).header("Access-Control-Allow-Origin"));
}

TEST_F(S81_CrossOrigin, PreflightsAreAnsweredForWhatIsServed) {
  const auto answer =
      server.send("OPTIONS /site/oauth2/access_token", preflight("http://localhost:8080", "POST"));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "http://localhost:8080");
  EXPECT_EQ(answer.header("Access-Control-Allow-Methods"), "POST");
  EXPECT_FALSE(answer.header("Access-Control-Allow-Credentials"));
  EXPECT_EQ(server.send("OPTIONS /2.0/user", preflight("https://page.example", "DELETE")).status,
            405);
  EXPECT_EQ(server.send("OPTIONS /2.0/user", origin("https://page.example")).status, 405)
      << "no preflight";
}

TEST_F(S81_CrossOrigin, AuthorizeSettingsAndControlStayShut) {
  const std::string good = "https://page.example";
  for (const char* path : {"/site/oauth2/authorize", "/acme/workspace/settings/api", "/_sandbox",
                           "/_sandbox/tokens", "/nowhere"}) {
    SCOPED_TRACE(path);
    const std::string where{path};
    for (const auto& answer :
         {server.send("GET " + where, origin(good)), server.send("POST " + where, origin(good)),
          server.send("OPTIONS " + where, preflight(good, "GET")),
          server.send("OPTIONS " + where, preflight(good, "POST"))}) {
      EXPECT_FALSE(answer.header("Access-Control-Allow-Origin")) << answer.status;
    }
  }
}

TEST_F(OauthEndpoints, S81_WithoutAListNobodyElseReads) {
  const auto answer = server.send("GET /2.0/user", "Origin: https://page.example\r\n");
  EXPECT_FALSE(answer.header("Access-Control-Allow-Origin"));
  EXPECT_FALSE(answer.header("Vary"));
}

}  // namespace
}  // namespace bbgrant::sandbox

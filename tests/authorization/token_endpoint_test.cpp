// SPDX-License-Identifier: MIT
#include <string>

#include "authorization/authorization_fixture.hpp"

namespace bbgrant::authorization {
namespace {

class TokenEndpointTest : public testing::AuthorizationFixture {
 protected:
  std::string error_of(const Sent& sent) {
    const auto response = post(sent);
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");  // S11
    EXPECT_EQ(response.headers.find("Pragma"), "no-cache");
    EXPECT_FALSE(response.headers.has("Set-Cookie"));
    EXPECT_EQ(response.headers.find("Content-Type"), "application/json; charset=utf-8");
    const auto body = nlohmann::json::parse(response.body);
    return body.contains("error") ? body.at("error").get<std::string>() : "none";
  }
};

class TokenEndpointUnderRfcErrors : public TokenEndpointTest {
 protected:
  TokenEndpointUnderRfcErrors() {
    Behaviour behaviour;
    behaviour.errors = ErrorStyle::kRfc6749;
    restart(behaviour);
  }
};

TEST_F(TokenEndpointTest, S1_ASecretInTheQueryIsRefusedEvenIfRight) {
  for (const char* name :
       {"username", "password", "client_secret", "refresh_token", "code", "code_verifier"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(error_of({.body = password_body(), .query = std::string{name} + "=alice"}),
              "invalid_request");
  }
  EXPECT_EQ(error_of({.body = password_body(), .query = "foo=1"}), "none") << "S5: unknown";
}

TEST_F(TokenEndpointTest, S1_ComesBeforeClientAuthentication) {
  EXPECT_EQ(error_of({.body = password_body(), .authorization = "Basic x", .query = "password=x"}),
            "invalid_request");
}

TEST_F(TokenEndpointTest, S3_AnotherContentTypeReadsAsNoGrant) {
  for (const char* type :
       {"application/json", "multipart/form-data; boundary=x", "text/plain", ""}) {
    SCOPED_TRACE(type);
    const auto response = post({.body = password_body(), .content_type = type});
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body,
              R"({"error_description":"Unsupported grant type: None","error":"invalid_grant"})");
  }
  for (const char* type :
       {"application/x-www-form-urlencoded; charset=utf-8", "APPLICATION/X-WWW-FORM-URLENCODED"}) {
    EXPECT_EQ(post({.body = password_body(), .content_type = type}).status, 200) << type;
  }
}

TEST_F(TokenEndpointTest, S4_ARepeatedParameterIsRefusedEvenIfItAgrees) {
  for (const char* name : {"grant_type", "username", "password", "scope", "client_id"}) {
    SCOPED_TRACE(name);
    const std::string twice = std::string{name} + "=x&" + name + "=x";
    EXPECT_EQ(error_of({.body = password_body() + "&" + twice}), "invalid_request");
  }
  EXPECT_EQ(error_of({.body = password_body(), .query = "grant_type=password"}), "invalid_request")
      << "once in the URL and once in the body";
}

TEST_F(TokenEndpointTest, S6_ClientAuthenticationHasBitbucketsAnswers) {
  const auto none = post({.body = password_body(), .authorization = ""});
  EXPECT_EQ(none.status, 400);
  EXPECT_EQ(none.body, R"({"error_description":"Requests must be authenticated using OAuth client )"
                       R"(credentials","error":"unauthorized_client"})");
  const char* wrong =
      R"({"error_description":"Invalid OAuth client credentials","error":"unauthorized_client"})";
  EXPECT_EQ(post({.body = password_body(), .authorization = testing::basic("key", "no")}).body,
            wrong);
  EXPECT_EQ(post({.body = password_body(), .authorization = testing::basic("no", "secret")}).body,
            wrong);
  EXPECT_EQ(
      post({.body = password_body() + "&client_id=key&client_secret=secret", .authorization = ""})
          .status,
      200);
}

TEST_F(TokenEndpointUnderRfcErrors, S6_ClientAuthenticationIs401WithAChallenge) {
  for (const auto& authorization : {std::string{}, testing::basic("key", "no")}) {
    const auto response = post({.body = password_body(), .authorization = authorization});
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(nlohmann::json::parse(response.body).at("error"), "invalid_client");
    EXPECT_TRUE(response.headers.find("WWW-Authenticate").value_or("").starts_with("Basic realm="));
  }
}

TEST_F(TokenEndpointUnderRfcErrors, S6_APublicClientMayOmitItsSecretWithPkceInTheCodeGrantOnly) {
  auto open = consumer("public", "account");
  open.is_private = false;
  (void)wait_for(store->add_consumer(std::move(open)));
  const auto body = [](const std::string& key, const std::string& more) {
    return "client_id=" + key + "&code=unknown" + more;
  };
  const std::string code = "&grant_type=authorization_code";
  const std::string verifier = "&code_verifier=" + std::string(43, 'v');
  const struct {
    const char* what;
    std::string body;
    bool authenticated;
  } cases[] = {
      {"public, with verifier", body("public", code + verifier), true},
      {"public, wrong secret", body("public", code + verifier + "&client_secret=no"), false},
      {"public, without verifier", body("public", code), false},
      {"public, empty verifier", body("public", code + "&code_verifier="), false},
      {"public, another grant", body("public", "&grant_type=refresh_token" + verifier), false},
      {"private, with verifier", body("key", code + verifier), false},
      {"unknown, with verifier", body("nobody", code + verifier), false},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(error_of({.body = one.body, .authorization = ""}) != "invalid_client",
              one.authenticated);
  }
  restart({});
  EXPECT_EQ(error_of({.body = cases[0].body, .authorization = ""}), "unauthorized_client")
      << "Bitbucket wants a secret of every consumer";
}

TEST_F(TokenEndpointTest, S11_AnswersHaveTheseKeysAndNoOthers) {
  const std::string own = "grant_type=client_credentials";
  const std::string then = "access_token expires_in refresh_token scope scopes state token_type";
  const struct {
    Sent sent;
    int status;
    std::string keys;
  } cases[] = {
      {{.body = password_body()}, 200, then},
      {{.body = own}, 200, then},
      {{.body = own, .authorization = testing::basic("today", "secret")},
       200,
       "access_token expires_in scope token_type"},
      {{.body = own, .authorization = ""}, 400, "error error_description"},
      {{.body = "grant_type=password"}, 400, "error error_description"},
      {{.body = password_body("nobody")}, 400, "error error_description"},
      {{.body = "grant_type=foo"}, 400, "error error_description"},
      {{.body = "grant_type=refresh_token&refresh_token=x"}, 400, "error error_description"},
      {{.body = "token=x", .path = "/site/oauth2/introspect"}, 200, "active"}};
  for (const auto& [sent, status, keys] : cases) {
    SCOPED_TRACE(sent.body);
    error_of(sent);  // which looks at the headers
    const auto response = post(sent);
    EXPECT_EQ(response.status, status);
    std::string found;
    const auto body = nlohmann::json::parse(response.body);
    for (const auto& [key, value] : body.items()) found += (found.empty() ? "" : " ") + key;
    EXPECT_EQ(found, keys);
  }
  auto brief = consumer("brief", "account");
  brief.access_token_ttl = std::chrono::seconds{90};
  (void)wait_for(store->add_consumer(std::move(brief)));
  const auto token = post_json({.body = own, .authorization = testing::basic("brief", "secret")});
  EXPECT_EQ(token.at("expires_in"), 90) << "what the store holds";
  const auto stored =
      wait_for(store->find_access_token(hash_of(token.at("access_token").get<std::string>())));
  EXPECT_EQ(stored.value().expires_at, clock.now() + std::chrono::seconds{90});
}

TEST_F(TokenEndpointTest, S15_LimitsAreExact) {
  const auto status = [this](const std::string& name, std::size_t size) {
    std::string body = "grant_type=password";
    for (const char* other : {"username", "password"}) {
      if (name != other) body += std::string{"&"} + other + "=x";
    }
    return post_json({.body = body + "&" + name + "=" + std::string(size, 'x')})
        .at("error_description")
        .get<std::string>();
  };
  const std::string heard = "Invalid resource owner username/password";
  EXPECT_EQ(status("username", 256), heard);
  EXPECT_EQ(status("username", 257), "The parameter username is too long");
  EXPECT_EQ(status("password", 1024), heard);
  EXPECT_EQ(status("password", 1025), "The parameter password is too long");
  EXPECT_EQ(status("unknown", 4096), heard);
  EXPECT_EQ(status("unknown", 4097), "The parameter unknown is too long");
}

TEST_F(TokenEndpointTest, S15_BrokenEncodingIsRefused) {
  for (const char* value : {"%", "%2", "%zz", "%FF", "%C3%28", "a%00b", "%ED%A0%80"}) {
    SCOPED_TRACE(value);
    EXPECT_EQ(error_of({.body = password_body() + "&x=" + value}), "invalid_request");
  }
  std::string many = password_body();
  for (int i = 0; i < 60; ++i) many += "&p" + std::to_string(i) + "=1";
  EXPECT_EQ(error_of({.body = many}), "invalid_request");
}

TEST_F(TokenEndpointTest, S64_AnUnknownGrantTypeIsEchoedWithCare) {
  const auto said = [this](const std::string& value) {
    return post_json({.body = "grant_type=" + value}).at("error_description").get<std::string>();
  };
  EXPECT_EQ(said("foo"), "Unsupported grant type: foo");
  EXPECT_EQ(said("Password"), "Unsupported grant type: Password") << "names are case-sensitive";
  EXPECT_EQ(said("%22%3Cscript%3E%0D%0A"), "Unsupported grant type: <script>");
  EXPECT_EQ(said(""), "Unsupported grant type: None");
}

TEST_F(TokenEndpointUnderRfcErrors, S64_SendsTheStandardsCodes) {
  EXPECT_EQ(error_of({.body = "grant_type=foo"}), "unsupported_grant_type");
  EXPECT_EQ(error_of({.body = "x=1"}), "invalid_request");
  EXPECT_EQ(error_of({.body = password_body(), .content_type = "application/json"}),
            "invalid_request");
}

TEST_F(TokenEndpointTest, S65_HalfHonouredExtensionsAreRefused) {
  EXPECT_EQ(error_of({.body = password_body() + "&request=x"}), "invalid_request");
  EXPECT_EQ(error_of({.body = password_body() + "&request_uri=x"}), "invalid_request");
  EXPECT_EQ(error_of({.body = password_body() + "&response_mode=x"}), "invalid_request");
  EXPECT_EQ(error_of({.body = password_body() + "&resource=https%3A%2F%2Fother.example"}),
            "invalid_target");
  EXPECT_EQ(error_of({.body = password_body() + "&resource=http%3A%2F%2Flocalhost%3A7990%2F2.0"}),
            "none");
  EXPECT_EQ(error_of({.body = password_body() + "&resource=http%3A%2F%2Flocalhost%3A7990%2F"}),
            "none");
  EXPECT_EQ(error_of({.body = password_body() + "&resource=http%3A%2F%2Flocalhost%3A7990.evil%2F"}),
            "invalid_target");
  EXPECT_EQ(error_of({.body = password_body() + "&audience=x"}), "none");
}

TEST_F(TokenEndpointTest, ChecksComeInOneOrder) {
  // Each line has the fault it names and every later one; the first fault is answered.
  const std::string unknown = "grant_type=foo";
  EXPECT_EQ(error_of({.body = unknown, .authorization = "", .content_type = "application/json"}),
            "invalid_grant")
      << "content type before client authentication";
  EXPECT_EQ(error_of({.body = unknown + "&" + unknown, .authorization = ""}), "invalid_request")
      << "repeated before client authentication";
  EXPECT_EQ(error_of({.body = unknown, .authorization = ""}), "unauthorized_client")
      << "client authentication before the grant type";
  EXPECT_EQ(error_of({.body = unknown, .authorization = testing::basic("narrow", "secret")}),
            "invalid_grant")
      << "known before allowed";
  EXPECT_EQ(error_of({.body = "grant_type=password",
                      .authorization = testing::basic("narrow", "secret")}),
            "unauthorized_client")
      << "allowed before the grant's own parameters";
}

}  // namespace
}  // namespace bbgrant::authorization

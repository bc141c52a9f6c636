// SPDX-License-Identifier: MIT
// What the authorization endpoint refuses, how, and where: by redirect once client and callback are
// known to be good, else on a page.
#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "http/form.hpp"
#include "sandbox/page_visitor.hpp"
#include "sandbox/running_control.hpp"

namespace bbgrant::sandbox {
namespace {

using testing::Fields;
using ::testing::HasSubstr;
using testing::kCallback;
using testing::RawAnswer;
using ::testing::StartsWith;

constexpr const char* kPath = "/site/oauth2/authorize";
const std::string kChallenge(43, 'c');

Options options_with(const char* errors) {
  auto options = testing::control_options();
  options.errors = errors;
  return options;
}

class AuthorizeErrors : public ::testing::Test {
 protected:
  explicit AuthorizeErrors(const char* errors = "bitbucket") : server(options_with(errors)) {
    add_consumer(R"({"key": "pkce", "require_pkce": true})");
    add_consumer(R"({"key": "no-code", "grants": ["implicit", "refresh_token"]})");
    add_consumer(R"({"key": "no-token", "grants": ["authorization_code"]})");
    add_consumer(R"({"key": "query", "callback_url": "https://client.example/cb?x=1"})");
    add_consumer(R"({"key": "loopback", "callback_url": "http://127.0.0.1"})");
    add_consumer(R"({"key": "nowhere", "callback_url": ""})");
  }

  RawAnswer control(const std::string& line, const std::string& body = {}) {
    return server.send(line, {}, body);
  }
  void add_consumer(const std::string& text) {
    auto body = nlohmann::json::parse(text);
    if (!body.contains("callback_url")) body["callback_url"] = kCallback;
    body["secret"] = "secret";
    body["permissions"] = {"account"};
    ASSERT_EQ(control("POST /_sandbox/consumers", body.dump()).status, 201) << text;
  }
  /// The request with these fields; client_id=app, response_type=code and state=s unless they stand
  /// in it. An empty value leaves the field out.
  static std::string encoded(Fields fields) {
    for (const auto& [name, value] :
         Fields{{"client_id", "app"}, {"response_type", "code"}, {"state", "s"}}) {
      if (std::ranges::none_of(fields, [&](const auto& each) { return each.first == name; })) {
        fields.emplace_back(name, value);
      }
    }
    std::erase_if(fields, [](const auto& each) { return each.second.empty(); });
    return http::encode_query(fields);
  }
  RawAnswer get(const std::string& query) {
    return server.send(std::string{"GET "} + kPath + "?" + query);
  }
  RawAnswer posted(const std::string& form) {
    return server.send(std::string{"POST "} + kPath,
                       "Content-Type: application/x-www-form-urlencoded\r\n", form);
  }
  std::string origin() { return "http://localhost:" + std::to_string(server.sandbox.port()); }

  /// What an answer that must be a refusal by redirect has: its parameters.
  std::map<std::string, std::string> told(const RawAnswer& answer, char mark = '?',
                                          const std::string& callback = kCallback) {
    EXPECT_EQ(answer.status, 303) << answer.body;
    const auto location = answer.header("Location").value_or("");
    EXPECT_THAT(location, StartsWith(callback + mark));
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
    auto fields = testing::parameters_of(answer, mark);
    EXPECT_EQ(fields["iss"], origin()) << "S22: on errors too";
    EXPECT_FALSE(fields.contains("code") || fields.contains("access_token")) << location;
    EXPECT_TRUE(std::ranges::all_of(fields["error_description"], [](char c) {
      return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
    })) << location;
    return fields;
  }
  void expect_error(const std::string& error, const Fields& fields, char mark = '?') {
    for (const auto& answer : {get(encoded(fields)), posted(encoded(fields))}) {
      auto answered = told(answer, mark);
      EXPECT_EQ(answered["error"], error);
      EXPECT_EQ(answered["state"], "s");
    }
  }

  testing::RunningSandbox server;
};
using S17_OpenRedirect = AuthorizeErrors;
using S21_Challenge = AuthorizeErrors;
using S23_ErrorInTheRedirect = AuthorizeErrors;
using S65_HalfHonoured = AuthorizeErrors;
using S73_WrongPlace = AuthorizeErrors;
using S76_LoopbackRedirect = AuthorizeErrors;

class S73_WrongPlaceUnderRfcErrors : public AuthorizeErrors {
 protected:
  S73_WrongPlaceUnderRfcErrors() : AuthorizeErrors("rfc6749") {}
};

TEST_F(S73_WrongPlace, EachCauseGoesBackWithItsCodeAndTheState) {
  const struct {
    const char* error;
    Fields fields;
    char mark = '?';
  } cases[] = {
      {"invalid_request", {{"response_type", ""}}},
      {"invalid_request", {{"response_type", "code"}, {"response_type", "code"}}},
      {"invalid_request", {{"response_type", "token"}, {"response_type", "code"}}},
      {"invalid_request", {{"scope", "account"}, {"scope", "account"}}},
      {"invalid_request", {{"x", "1"}, {"x", "1"}}},
      {"invalid_request", {{"scope", std::string(4097, 'a')}}},
      {"invalid_request", {{"response_type", "token"}, {"x", "1"}, {"x", "1"}}, '#'},
      {"unsupported_response_type", {{"response_type", "foo"}}},
      {"unsupported_response_type", {{"response_type", "Code"}}},
      {"unsupported_response_type", {{"response_type", "code token"}}},
      {"unsupported_response_type", {{"response_type", "id_token"}}},
      {"unauthorized_client", {{"client_id", "no-code"}}},
      {"unauthorized_client", {{"client_id", "no-token"}, {"response_type", "token"}}, '#'},
      {"unauthorized_client", {{"client_id", "pkce"}, {"response_type", "token"}}, '#'}};
  for (const auto& [error, fields, mark] : cases) {
    SCOPED_TRACE(encoded(fields).substr(0, 200));
    expect_error(error, fields, mark);
  }
}

TEST_F(S73_WrongPlaceUnderRfcErrors, AScopeThatIsNotGrantedIsToldOfUnderTheStandardsErrorsOnly) {
  for (const std::string scope : {"account webhook:none", "acc\"ount", "\xC3\xA9", "account\n"}) {
    SCOPED_TRACE(scope);
    expect_error("invalid_scope", {{"client_id", "pkce"},
                                   {"code_challenge", kChallenge},
                                   {"code_challenge_method", "S256"},
                                   {"scope", scope}});
    expect_error("invalid_scope", {{"response_type", "token"}, {"scope", scope}}, '#');
  }
}

TEST_F(S73_WrongPlace, RefusalAndFaultGoBackToo) {
  for (const auto& [type, mark] : {std::pair{"code", '?'}, std::pair{"token", '#'}}) {
    SCOPED_TRACE(type);
    ASSERT_EQ(
        control("POST /_sandbox/approvals", R"({"user":"alice","deny":true,"times":2})").status,
        201);
    expect_error("access_denied", {{"response_type", type}}, mark);

    ASSERT_EQ(control("POST /_sandbox/users", R"({"nickname":"gone","password":"p"})").status, 201);
    ASSERT_EQ(control("POST /_sandbox/approvals", R"({"user":"gone","times":2})").status, 201);
    ASSERT_EQ(control("DELETE /_sandbox/users/gone").status, 204);
    expect_error("server_error", {{"response_type", type}}, mark);
  }
}

TEST_F(S73_WrongPlace, AStateThatIsNoneIsNotSentBack) {
  for (const Fields& fields :
       {Fields{{"state", "a"}, {"state", "b"}}, Fields{{"state", std::string(2049, 's')}}}) {
    auto answered = told(get(encoded(fields)));
    EXPECT_EQ(answered["error"], "invalid_request");
    EXPECT_FALSE(answered.contains("state"));
  }
}

TEST_F(S17_OpenRedirect, WithoutAGoodClientAndCallbackNothingIsRedirected) {
  const Fields cases[] = {{{"client_id", ""}},
                          {{"client_id", "nobody"}},
                          {{"client_id", "APP"}},
                          {{"client_id", "app"}, {"client_id", "app"}},
                          {{"client_id", "nowhere"}},
                          {{"client_id", "nowhere"}, {"redirect_uri", kCallback}},
                          {{"redirect_uri", "https://evil.example/"}},
                          {{"redirect_uri", std::string{kCallback} + ".evil.example/"}},
                          {{"redirect_uri", std::string{kCallback} + "/../evil"}},
                          {{"redirect_uri", "http://localhost:3000@evil.example/oauth-callback"}},
                          {{"redirect_uri", "javascript:alert(1)"}},
                          {{"redirect_uri", "/oauth-callback"}},
                          {{"redirect_uri", kCallback}, {"redirect_uri", kCallback}}};
  for (const auto& fields : cases) {
    for (const char* type : {"code", "token", "none"}) {
      Fields all = fields;
      all.emplace_back("response_type", type);
      SCOPED_TRACE(encoded(all));
      for (const auto& answer : {get(encoded(all)), posted(encoded(all))}) {
        EXPECT_EQ(answer.status, 400);
        EXPECT_FALSE(answer.header("Location"));
        EXPECT_THAT(answer.header("Content-Type").value_or(""), StartsWith("text/html"));
        EXPECT_THAT(answer.body, HasSubstr("This integration is misconfigured."));
        EXPECT_EQ(answer.body.find("evil"), std::string::npos) << "a page that links nowhere";
      }
    }
  }
}

TEST_F(S21_Challenge, OnlyAWholeChallengeOfS256IsTaken) {
  const std::vector<Fields> cases = {
      {{"code_challenge", kChallenge}},
      {{"code_challenge", kChallenge}, {"code_challenge_method", "plain"}},
      {{"code_challenge", kChallenge}, {"code_challenge_method", "s256"}},
      {{"code_challenge", kChallenge}, {"code_challenge_method", "S512"}},
      {{"code_challenge_method", "S256"}},
      {{"code_challenge", kChallenge.substr(1)}, {"code_challenge_method", "S256"}},
      {{"code_challenge", kChallenge + "c"}, {"code_challenge_method", "S256"}},
      {{"code_challenge", kChallenge.substr(1) + "+"}, {"code_challenge_method", "S256"}},
      {{"code_challenge", kChallenge.substr(1) + "="}, {"code_challenge_method", "S256"}},
      {{"client_id", "pkce"}}};
  for (const auto& fields : cases) {
    SCOPED_TRACE(encoded(fields));
    expect_error("invalid_request", fields);
  }
  const auto good = get(encoded(
      {{"client_id", "pkce"}, {"code_challenge", kChallenge}, {"code_challenge_method", "S256"}}));
  EXPECT_EQ(good.status, 200);
}

TEST_F(S65_HalfHonoured, WhatWouldDropProtectionIsRefusedByRedirect) {
  expect_error("invalid_request", {{"request", "x"}});
  expect_error("invalid_request", {{"request_uri", "https://client.example/request"}});
  expect_error("invalid_request", {{"response_mode", "form_post"}});
  expect_error("invalid_request", {{"response_mode", "fragment"}});
  expect_error("invalid_request", {{"response_type", "token"}, {"response_mode", "query"}}, '#');
  expect_error("invalid_target", {{"resource", "https://other.example/"}});
  for (const Fields& fields :
       {Fields{{"response_mode", "query"}}, Fields{{"resource", origin() + "/2.0"}},
        Fields{{"audience", "x"}, {"nonce", "x"}, {"prompt", "none"}},
        Fields{{"response_type", "token"}, {"response_mode", "fragment"}}}) {
    EXPECT_EQ(get(encoded(fields)).status, 200) << encoded(fields);
  }
}

TEST_F(S65_HalfHonoured, ExtensionsAreNotThere) {
  for (const char* path : {"/site/oauth2/par", "/site/oauth2/device_authorization",
                           "/site/oauth2/register", "/site/oauth2/userinfo", "/site/oauth2/jwks",
                           "/.well-known/openid-configuration", "/.well-known/jwks.json"}) {
    EXPECT_EQ(server.get(path).status, 404) << path;
    EXPECT_EQ(server.post(path, "x=1").status, 404) << path;
  }
  for (const std::string grant :
       {"urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code",
        "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange",
        "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer",
        "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer", "implicit", "Password"}) {
    const auto answer = server.post("/site/oauth2/access_token", "grant_type=" + grant);
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("Unsupported grant type: ")) << grant;
  }
}

TEST_F(S23_ErrorInTheRedirect, OnlyTheStandardsCharactersAndTheUrisOwnQueryStays) {
  std::mt19937 random{7};
  for (int round = 0; round < 200; ++round) {
    std::string type;
    for (int i = 0; i < 24; ++i) type += static_cast<char>(1 + random() % 127);
    const auto fields = encoded({{"client_id", "query"}, {"response_type", type}});
    const auto answer = get(fields);
    auto answered = told(answer, '&', "https://client.example/cb?x=1");
    EXPECT_EQ(answered["error"], "unsupported_response_type") << fields;
    EXPECT_EQ(answered["state"], "s");
  }
  const auto token = told(
      get(encoded({{"client_id", "query"}, {"response_type", "token"}, {"x", "1"}, {"x", "1"}})),
      '#', "https://client.example/cb?x=1");
  EXPECT_EQ(token.at("error"), "invalid_request");
  for (const char* broken : {"response_type=%FF", "response_type=%", "response_type=a%00b"}) {
    EXPECT_EQ(get(std::string{"client_id=app&"} + broken).status, 400) << broken;
  }
}

TEST_F(S76_LoopbackRedirect, AnyPortAndTheSameOneAgainAtTheTokenEndpoint) {
  const auto trade = [&](const std::string& sent_again) {
    EXPECT_EQ(control("POST /_sandbox/approvals", R"({"user":"alice"})").status, 201);
    const auto answer = get(
        encoded({{"client_id", "loopback"}, {"redirect_uri", "http://127.0.0.1:49152/callback"}}));
    const auto code = testing::parameters_of(answer)["code"];
    return server
        .send("POST /site/oauth2/access_token",
              "Content-Type: application/x-www-form-urlencoded\r\n",
              http::encode_query({{"grant_type", "authorization_code"},
                                  {"client_id", "loopback"},
                                  {"client_secret", "secret"},
                                  {"code", code},
                                  {"redirect_uri", sent_again}}))
        .status;
  };
  EXPECT_EQ(trade("http://127.0.0.1:49152/callback"), 200);
  EXPECT_EQ(trade("http://127.0.0.1:49153/callback"), 400);
  EXPECT_EQ(trade("http://127.0.0.1"), 400);
}

}  // namespace
}  // namespace bbgrant::sandbox

// SPDX-License-Identifier: MIT
// The authorization endpoint as a browser meets it: sign-in, consent, code, token.
#include <chrono>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "authorization/code_grant.hpp"
#include "base/clock.hpp"
#include "sandbox/page_visitor.hpp"

namespace bbgrant::sandbox {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using testing::Fields;
using testing::kCallback;
using testing::PageVisitor;
using testing::RawAnswer;

const std::string kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

class AuthorizePages : public ::testing::Test {
 protected:
  RawAnswer trade(const std::string& code, const std::string& more = {}) {
    return server.post("/site/oauth2/access_token",
                       "grant_type=authorization_code&code=" + code + more);
  }
  static nlohmann::json json(const RawAnswer& answer) { return nlohmann::json::parse(answer.body); }

  testing::RunningSandbox server;
  PageVisitor visitor{server};
};
using S10_BruteForce = AuthorizePages;
using S18_Csrf = AuthorizePages;
using S19_Clickjacking = AuthorizePages;
using S20_CodeReplay = AuthorizePages;
using S21_CodeInjection = AuthorizePages;
using S22_MixUp = AuthorizePages;
using S24_ImplicitToken = AuthorizePages;
using S25_SessionFixation = AuthorizePages;
using S31_Revocation = AuthorizePages;
using S68_SideDoor = AuthorizePages;
using S74_ConsentChanged = AuthorizePages;
using S75_Redirects = AuthorizePages;

TEST_F(AuthorizePages, PersonSignsInAllowsAndTheAppTradesTheCode) {
  const auto& page = visitor.authorize({{"scope", "account email"}, {"state", "a b&c=\"<>%"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("bbgrant sample app asks to act for you"), std::string::npos);
  EXPECT_NE(page.body.find("localhost:3000/oauth-callback"), std::string::npos);
  visitor.sign_in("alice");
  EXPECT_NE(page.body.find("Do you allow it, Alice Example?"), std::string::npos) << page.body;
  EXPECT_NE(page.body.find("Read your e-mail addresses"), std::string::npos);
  visitor.decide("allow", {{"scope", "account"}, {"scope", "email"}});
  EXPECT_EQ(page.status, 303);
  EXPECT_TRUE(page.header("Location")->starts_with(std::string{kCallback} + "?code="));
  const auto answer = testing::parameters_of(page);
  EXPECT_EQ(answer.at("state"), "a b&c=\"<>%");
  EXPECT_EQ(answer.at("iss"), "http://localhost:" + std::to_string(server.sandbox.port()));
  const auto token = json(trade(answer.at("code")));
  EXPECT_EQ(token.at("scopes"), "account email") << token;
  EXPECT_TRUE(token.contains("refresh_token"));
  EXPECT_EQ(
      json(server.get("/2.0/user", token.at("access_token").get<std::string>())).at("nickname"),
      "alice");
}

TEST_F(AuthorizePages, RefusalGoesBackAsAccessDenied) {
  visitor.authorize({{"state", "xyz"}});
  visitor.sign_in("alice");
  const auto& page = visitor.decide("deny", {{"scope", "account"}});
  EXPECT_EQ(page.status, 303);
  const auto answer = testing::parameters_of(page);
  EXPECT_EQ(answer.at("error"), "access_denied");
  EXPECT_EQ(answer.at("state"), "xyz");
  EXPECT_TRUE(answer.contains("iss"));
  EXPECT_FALSE(answer.contains("code"));
}

TEST_F(AuthorizePages, WrongPasswordSaysNoMoreThanThat) {
  for (const auto* name : {"alice", "nobody"}) {
    visitor.authorize();
    const auto& page =
        visitor.submit("/account/signin", {{"username", name}, {"password", "<wrong>"}});
    EXPECT_EQ(page.status, 400);
    EXPECT_NE(page.body.find("The name or the password is wrong."), std::string::npos);
    EXPECT_EQ(page.body.find("&lt;wrong&gt;"), std::string::npos) << "S14: never shown again";
  }
}

TEST_F(S68_SideDoor, ThrottleFilledAtThePageHoldsAtTheTokenEndpoint) {
  for (int tries = 0; tries < 11; ++tries) {
    visitor.authorize();
    visitor.submit("/account/signin", {{"username", "alice"}, {"password", "wrong"}});
  }
  EXPECT_EQ(server
                .post("/site/oauth2/access_token",
                      "grant_type=password&username=alice&password=alice-password")
                .status,
            429);
  visitor.authorize();
  const auto& page = visitor.sign_in("alice");
  EXPECT_EQ(page.status, 429);
  EXPECT_TRUE(page.header("Retry-After"));
}

TEST_F(AuthorizePages, TwoStepUserIsAskedForACodeThatIsGoodOnce) {
  visitor.authorize();
  const auto& page = visitor.sign_in("bob");
  ASSERT_NE(page.body.find("Six-digit code"), std::string::npos) << page.body;
  std::smatch shown;
  ASSERT_TRUE(std::regex_search(page.body, shown, std::regex{"data-code>([0-9]{6})<"}));
  const std::string code = shown[1];
  visitor.submit("/account/signin/code", {{"code", "000000"}});
  EXPECT_EQ(page.status, 400);
  EXPECT_NE(page.body.find("The code is wrong"), std::string::npos);
  visitor.submit("/account/signin/code", {{"code", code.substr(0, 3) + " " + code.substr(3)}});
  EXPECT_NE(page.body.find("Do you allow it, Bob Example?"), std::string::npos) << page.body;

  PageVisitor again{server};
  again.authorize();
  again.sign_in("bob");
  EXPECT_EQ(again.submit("/account/signin/code", {{"code", code}}).status, 400) << "used before";
}

TEST_F(S10_BruteForce, GuessedCodesOfTheSecondStepAreThrottled) {
  visitor.authorize();
  visitor.sign_in("bob");
  int status = 0;
  for (int tries = 0; tries < 12; ++tries) {
    status = visitor.submit("/account/signin/code", {{"code", "000000"}}).status;
  }
  EXPECT_EQ(status, 429);
}

TEST_F(AuthorizePages, NobodyIsSignedInBeforeTheSecondStep) {
  visitor.authorize();
  visitor.sign_in("bob");
  const auto& page = visitor.authorize();
  EXPECT_NE(page.body.find("Six-digit code"), std::string::npos);
}

TEST_F(S18_Csrf, FormsOfAnotherSessionOrSiteDoNothing) {
  visitor.authorize();
  visitor.sign_in("alice");
  const auto action = visitor.consent_action();
  Fields fields = visitor.hidden(action);
  fields.emplace_back("decision", "allow");
  fields.emplace_back("scope", "account");

  PageVisitor other{server};
  other.authorize();
  other.sign_in("carol");
  const std::string own = "Origin: http://localhost:" + std::to_string(server.sandbox.port());
  Fields without_token = fields;
  std::erase_if(without_token, [](const auto& field) { return field.first == "form_token"; });
  Fields swapped = without_token;
  swapped.emplace_back("form_token", other.hidden(other.consent_action()).at(0).second);

  EXPECT_EQ(visitor.post(action, without_token).status, 403);
  EXPECT_EQ(visitor.post(action, swapped).status, 403) << "another session's";
  EXPECT_EQ(visitor.post(action, fields, "Origin: http://evil.example\r\n").status, 403);
  EXPECT_EQ(visitor.post(action, fields, "Origin: null\r\n").status, 403);
  EXPECT_EQ(visitor.post(action, fields, "Sec-Fetch-Site: same-site\r\n").status, 403);
  EXPECT_EQ(other.post(action, fields).status, 403) << "stolen form, other cookie";
  PageVisitor planted{server};
  planted.cookie = "bbgrant_sandbox_" + std::to_string(server.sandbox.port()) + "=planted";
  EXPECT_EQ(planted.post(action, fields).status, 403);
  EXPECT_EQ(visitor.post(action, fields, own + "\r\n").status, 303);
  EXPECT_EQ(visitor.post(action, fields).status, 403) << "S74: replayed";
}

TEST_F(S18_Csrf, SignInOfAnotherSiteIsRefused) {
  visitor.authorize();
  Fields fields = visitor.hidden("/account/signin");
  fields.emplace_back("username", "alice");
  fields.emplace_back("password", "alice-password");
  EXPECT_EQ(visitor.post("/account/signin", fields, "Origin: http://localhost:3000\r\n").status,
            403);
  EXPECT_EQ(visitor.post("/account/signin", {{"username", "alice"}, {"password", "x"}}).status,
            403);
}

TEST_F(S18_Csrf, StateOfTwoKilobytesComesBackByteForByte) {
  std::string state;
  for (int c = 1; c < 128; ++c) state += static_cast<char>(c);
  state += "\xC3\xA9\xF0\x9F\x94\x91";
  while (state.size() < 2048) state += "&=+%? #";
  state.resize(2048, '~');
  EXPECT_EQ(visitor.allow({{"state", state}}).at("state"), state);
  EXPECT_FALSE(visitor.allow().contains("state"));
  visitor.authorize({{"state", state + "x"}});
  EXPECT_EQ(testing::parameters_of(visitor.page()).at("error"), "invalid_request");
}

TEST_F(S19_Clickjacking, NoPageCanBeFramedOrRunAScript) {
  const auto check = [](const RawAnswer& page) {
    EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
    const auto policy = page.header("Content-Security-Policy").value_or("");
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos) << policy;
    EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
    EXPECT_EQ(page.header("Cache-Control"), "no-store");
    EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
  };
  check(visitor.authorize());
  EXPECT_EQ(visitor.page().header("Content-Security-Policy")->find("localhost:3000"),
            std::string::npos)
      << "S46: on the consent page only";
  check(visitor.sign_in("alice"));
  EXPECT_TRUE(visitor.page()
                  .header("Content-Security-Policy")
                  ->ends_with("form-action 'self' http://localhost:3000"))
      << *visitor.page().header("Content-Security-Policy");
  check(visitor.authorize({{"client_id", "nobody"}}));
  check(server.send("DELETE /site/oauth2/authorize"));
}

TEST_F(S20_CodeReplay, SecondUseIsRefusedAndRevokesWhatTheFirstGave) {
  const auto code = visitor.allow().at("code");
  const auto token = json(trade(code)).at("access_token").get<std::string>();
  EXPECT_EQ(server.get("/2.0/user", token).status, 200);
  const auto again = trade(code);
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(json(again).at("error"), "invalid_grant");
  EXPECT_EQ(server.get("/2.0/user", token).status, 401);
}

TEST_F(S21_CodeInjection, VerifierTable) {
  const std::string longest(128, 'a');
  const struct {
    const char* name;
    std::string verifier;  // of the authorization request; empty: none
    std::string sent;
    int status;
  } cases[] = {{"right", kVerifier, kVerifier, 200},
               {"128 characters", longest, longest, 200},
               {"missing", kVerifier, "", 400},
               {"another", kVerifier, std::string(43, 'b'), 400},
               {"the challenge itself", kVerifier, authorization::challenge_of(kVerifier), 400},
               {"42 characters", kVerifier.substr(1), kVerifier.substr(1), 400},
               {"129 characters", longest + "a", longest + "a", 400},
               {"a bad character", kVerifier + "!", kVerifier + "!", 400},
               {"none was promised", "", kVerifier, 400},
               {"none at all", "", "", 200}};
  for (const auto& line : cases) {
    SCOPED_TRACE(line.name);
    Fields fields;
    if (!line.verifier.empty()) {
      fields = {{"code_challenge", authorization::challenge_of(line.verifier)},
                {"code_challenge_method", "S256"}};
    }
    const auto code = visitor.allow(fields).at("code");
    const auto answer = trade(
        code, line.sent.empty() ? "" : "&" + http::encode_query({{"code_verifier", line.sent}}));
    EXPECT_EQ(answer.status, line.status) << answer.body;
    if (line.status == 400) {
      EXPECT_EQ(json(answer).at("error"), "invalid_grant");
      EXPECT_EQ(trade(code, "&code_verifier=" + kVerifier).status, 400) << "it is spent";
    }
  }
}

TEST_F(S21_CodeInjection, CodeIsBoundToConsumerRedirectUriAndTime) {
  const std::string uri = std::string{kCallback} + "/more";
  const auto encoded = "&" + http::encode_query({{"redirect_uri", uri}});
  const auto given = [&] { return visitor.allow({{"redirect_uri", uri}}).at("code"); };
  EXPECT_EQ(trade(given(), encoded).status, 200);
  EXPECT_EQ(trade(given()).status, 400) << "was sent, so it must be sent again";
  EXPECT_EQ(trade(given(), encoded + "x").status, 400);
  const auto code = visitor.allow().at("code");
  EXPECT_EQ(trade(code, "&" + http::encode_query({{"redirect_uri", kCallback}})).status, 200);

  const auto foreign = visitor.allow({{"client_id", "app-today"}}).at("code");
  EXPECT_EQ(json(trade(foreign)).at("error"), "invalid_grant");

  const auto late = visitor.allow().at("code");
  server.sandbox.clock().advance(60s);
  EXPECT_EQ(trade(late).status, 400);
}

TEST_F(S22_MixUp, IssIsTheOriginThatTheBrowserUsed) {
  const auto port = std::to_string(server.sandbox.port());
  const auto answer = http::testing::send_once(
      server.sandbox.port(),
      "GET /site/oauth2/authorize?client_id=app HTTP/1.1\r\nHost: 127.0.0.1:" + port +
          "\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(testing::parameters_of(*answer).at("iss"), "http://127.0.0.1:" + port);
}

TEST_F(S24_ImplicitToken, TokenStandsInTheFragmentAndComesAlone) {
  const auto answer =
      visitor.allow({{"response_type", "token"}, {"scope", "account"}, {"state", "s"}});
  const auto location = *visitor.page().header("Location");
  EXPECT_TRUE(location.starts_with(std::string{kCallback} + "#access_token=")) << location;
  EXPECT_EQ(visitor.page().header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(answer.at("token_type"), "bearer");
  EXPECT_EQ(answer.at("expires_in"), "7200");
  EXPECT_EQ(answer.at("scope"), "account");
  EXPECT_EQ(answer.at("state"), "s");
  EXPECT_FALSE(answer.contains("refresh_token"));
  EXPECT_EQ(server.get("/2.0/user", answer.at("access_token")).status, 200);
}

TEST_F(S25_SessionFixation, NewIdOnSignInAndSignOutEndsItOnTheServer) {
  visitor.authorize();
  const auto before = visitor.cookie;
  visitor.sign_in("alice");
  const auto during = visitor.cookie;
  EXPECT_NE(before, during);
  const auto flags = visitor.page().header("Set-Cookie").value_or("");
  EXPECT_NE(flags.find("HttpOnly"), std::string::npos) << flags;
  EXPECT_NE(flags.find("SameSite=Lax"), std::string::npos) << flags;
  EXPECT_TRUE(during.starts_with("bbgrant_sandbox_")) << "S89: another name than the app's";
  visitor.submit("/account/signout", {});
  EXPECT_NE(visitor.page().body.find("action=\"/account/signin\""), std::string::npos);
  for (const auto& old : {before, during}) {
    PageVisitor thief{server};
    thief.cookie = old;
    EXPECT_NE(thief.authorize().body.find("action=\"/account/signin\""), std::string::npos);
  }
}

TEST_F(S25_SessionFixation, SessionEndsAfterHalfAnHourWithoutUse) {
  visitor.authorize();
  visitor.sign_in("alice");
  server.sandbox.clock().advance(29min);
  EXPECT_NE(visitor.authorize().body.find("Do you allow"), std::string::npos);
  server.sandbox.clock().advance(29min);
  EXPECT_NE(visitor.authorize().body.find("Do you allow"), std::string::npos) << "it was used";
  server.sandbox.clock().advance(30min);
  EXPECT_EQ(visitor.authorize().body.find("Do you allow"), std::string::npos);
}

TEST_F(S74_ConsentChanged, WhatIsGrantedIsWhatWasShown) {
  visitor.authorize({{"scope", "account"}});
  visitor.sign_in("alice");
  visitor.decide("allow", {{"scope", "account"},
                           {"scope", "repository:write"},
                           {"client_id", "app-today"},
                           {"redirect_uri", "http://evil.example/"},
                           {"response_type", "token"}});
  EXPECT_TRUE(visitor.page().header("Location")->starts_with(std::string{kCallback} + "?code="));
  const auto token = json(trade(testing::parameters_of(visitor.page()).at("code")));
  EXPECT_EQ(token.at("scopes"), "account");
}

TEST_F(S74_ConsentChanged, ClearedBoxesNarrowAndNoneLeftIsARefusal) {
  visitor.authorize({{"scope", "account email repository"}});
  visitor.sign_in("alice");
  visitor.decide("allow", {{"scope", "email"}});
  const auto code = testing::parameters_of(visitor.page()).at("code");
  EXPECT_EQ(json(trade(code)).at("scopes"), "email");
  visitor.authorize({{"scope", "account"}});
  visitor.decide("allow", {});
  EXPECT_EQ(testing::parameters_of(visitor.page()).at("error"), "access_denied");
}

TEST_F(S74_ConsentChanged, WhoAllowedOnceIsAskedAgain) {
  visitor.allow({{"scope", "account"}});
  visitor.authorize({{"scope", "account"}});
  EXPECT_NO_THROW((void)visitor.consent_action());
}

TEST_F(S74_ConsentChanged, AnotherUserMeanwhileOrTooLateMeansStartAgain) {
  visitor.authorize();
  visitor.sign_in("alice");
  const PageVisitor first_tab = visitor;
  visitor.authorize();
  visitor.submit("/account/signout", {});
  visitor.sign_in("carol");
  PageVisitor tab = first_tab;
  Fields fields = tab.hidden(tab.consent_action());
  fields.emplace_back("decision", "allow");
  tab.cookie = visitor.cookie;
  EXPECT_EQ(tab.post(tab.consent_action(), fields).status, 403);
  // Even with the form token of the new session: it was shown to alice.
  fields[0].second = visitor.hidden(visitor.consent_action()).at(0).second;
  EXPECT_EQ(tab.post(tab.consent_action(), fields).status, 403);

  visitor.authorize();
  server.sandbox.clock().advance(10min);
  EXPECT_EQ(visitor.decide("allow", {{"scope", "account"}}).status, 403);
}

TEST_F(S75_Redirects, EveryRedirectAfterAPostIs303) {
  visitor.authorize();
  Fields fields = visitor.hidden("/account/signin");
  fields.emplace_back("username", "alice");
  fields.emplace_back("password", "alice-password");
  EXPECT_EQ(visitor.post("/account/signin", fields).status, 303);
  EXPECT_EQ(visitor.post("/site/oauth2/authorize", {{"client_id", "app"}}).status, 303);
}

}  // namespace
}  // namespace bbgrant::sandbox

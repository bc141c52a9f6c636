// SPDX-License-Identifier: MIT
// The grants page over real sockets, and the way back of the authorization code.
#include <mutex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "running_app.hpp"
#include "support/scripted_server.hpp"

namespace bbgrant::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace support = bbgrant::testing;

TEST(Grants, ClientCredentialsRunForReal) {
  AppWithSandbox both;
  Visitor visitor{both.running->origin()};
  visitor.get("/grants");
  const Page page = visitor.post_and_follow("/run", {{"grant", "client_credentials"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("200 in "));
  EXPECT_THAT(visitor.get("/").body, HasSubstr("the app itself, client credentials"));
}

TEST(Grants, SigningInAgainRevokesWhatWasThere) {
  AppWithSandbox both;
  Visitor visitor{both.running->origin()};
  visitor.get("/");
  const Fields alice{{"username", "alice"}, {"password", "alice-password"}, {"scope", "account"}};
  visitor.post_and_follow("/oauth-callback", alice);
  EXPECT_THAT(visitor.get("/").body, Not(HasSubstr("/site/oauth2/revoke</code>")));
  visitor.post_and_follow("/oauth-callback", alice);
  const Page page = visitor.get("/");
  EXPECT_THAT(page.body, HasSubstr("/site/oauth2/revoke</code>"));
  EXPECT_THAT(page.body, HasSubstr("Run 1: alice, <span class=\"issued\">revoked</span>"));
}

/// An app at a server that takes any code, and remembers what came to its token endpoint.
class CodeGrant : public ::testing::Test {
 protected:
  CodeGrant() { visitor.get("/grants"); }

  /// Starts the grant; gives the state that went to the authorization server.
  std::string start(Visitor& from) {
    const Page sent = from.post("/run", {{"grant", "authorization_code"}});
    EXPECT_EQ(sent.status, 303);
    EXPECT_EQ(sent.header("Location"), "/leave");
    location = way_out(from.get("/leave").body);
    const std::size_t at = location.find("state=") + 6;
    return location.substr(at, location.find('&', at) - at);
  }
  std::string asked() {
    const std::lock_guard lock{mutex};
    return token_request;
  }

  std::mutex mutex;
  std::string token_request;
  std::string location;
  support::ScriptedServer server{[this](const std::string& request) {
    if (!request.starts_with("POST")) {
      return support::answer(200, R"({"display_name":"Alice Example","nickname":"alice"})");
    }
    if (request.find("authorization_code") != std::string::npos) {
      const std::lock_guard lock{mutex};
      token_request = request;
    }
    return support::answer(200, R"({"access_token":"t","token_type":"bearer","expires_in":7200})");
  }};
  RunningApp running{server.origin()};
  Visitor visitor{running.origin()};
};

TEST_F(CodeGrant, SendsTheBrowserAwayAndTradesTheCode) {
  const std::string state = start(visitor);
  EXPECT_TRUE(location.starts_with(server.origin() + "/site/oauth2/authorize?")) << location;
  EXPECT_THAT(location, HasSubstr("code_challenge_method=S256"));
  EXPECT_GE(state.size(), 22U) << "128 bits";
  const Page back = visitor.get("/oauth-callback?code=the-code&state=" + state);
  EXPECT_EQ(back.status, 303);
  EXPECT_EQ(back.header("Location"), "/grants#authorization-code");
  EXPECT_THAT(asked(), HasSubstr("code=the-code"));
  EXPECT_THAT(asked(), HasSubstr("code_verifier="));
  EXPECT_THAT(visitor.get("/").body, HasSubstr("Hello, Alice Example"));
  EXPECT_THAT(visitor.get("/").body, HasSubstr("alice, authorization code"));
}

TEST_F(CodeGrant, S18_AStateCountsOnceAndOnlyInItsOwnSession) {
  const std::string state = start(visitor);
  Visitor other{running.origin()};
  other.get("/grants");
  EXPECT_EQ(other.get("/oauth-callback?code=c&state=" + state).status, 400);
  EXPECT_EQ(visitor.get("/oauth-callback?code=c&state=x" + state).status, 400);
  EXPECT_EQ(visitor.get("/oauth-callback?code=c").status, 400);
  EXPECT_EQ(asked(), "");
  EXPECT_EQ(visitor.get("/oauth-callback?code=c&state=" + state).status, 303);
  EXPECT_EQ(visitor.get("/oauth-callback?code=c&state=" + state).status, 400);
}

TEST_F(CodeGrant, S22_AnotherIssuerIsRefusedBeforeTheCodeIsSent) {
  const std::string state = start(visitor);
  visitor.get("/oauth-callback?code=c&state=" + state + "&iss=http%3A%2F%2Fevil.example");
  EXPECT_EQ(asked(), "");
  EXPECT_THAT(visitor.get("/").body, HasSubstr("No token"));
}

TEST_F(CodeGrant, S88_TextIsShownOnlyWhenTheStateWasOurs) {
  EXPECT_THAT(
      visitor.get("/oauth-callback?error=access_denied&error_description=planted&state=1").body,
      Not(HasSubstr("planted")));
  const std::string state = start(visitor);
  const Page back = visitor.get(
      "/oauth-callback?error=access_denied&error_description=%3Cb%3Eno%3C/b%3E&state=" + state);
  EXPECT_EQ(back.status, 303);
  const Page tour = visitor.get("/");
  EXPECT_THAT(tour.body, HasSubstr("Refused: the person said no"));
  EXPECT_THAT(tour.body, Not(HasSubstr("<b>no</b>")));
  EXPECT_EQ(asked(), "");
}

TEST_F(CodeGrant, UnderAnotherNameItSaysWhereToStart) {
  Visitor by_number{"http://127.0.0.1:" + std::to_string(running.app.port())};
  by_number.get("/grants");
  const Page page = by_number.post("/run", {{"grant", "authorization_code"}});
  EXPECT_EQ(page.status, 400);
  EXPECT_THAT(page.body, HasSubstr("http://localhost:"));
}

TEST_F(CodeGrant, S46_NoFormOfOursLeadsElsewhereNotEvenByARedirect) {
  start(visitor);
  for (const char* path : {"/", "/grants", "/leave", "/nothing"}) {
    EXPECT_TRUE(visitor.get(path).header("Content-Security-Policy").ends_with("form-action 'self'"))
        << path;
  }
}

TEST_F(CodeGrant, LeavingWithoutAnythingToLeaveForLeadsToTheGrants) {
  EXPECT_EQ(visitor.get("/leave").header("Location"), "/grants#leave");
}

TEST_F(CodeGrant, ThePageThatLeavesExplainsEachFieldOfTheAddress) {
  start(visitor);
  const Page page = visitor.get("/leave");
  EXPECT_THAT(page.body, HasSubstr("<code>code_challenge</code>"));
  EXPECT_THAT(page.body, HasSubstr("its key, never its secret"));
  EXPECT_THAT(page.body, Not(HasSubstr("code_verifier")));
}

class ImplicitGrant : public CodeGrant {
 protected:
  std::string start_implicit() {
    visitor.post("/run", {{"grant", "implicit"}});
    const std::string page = visitor.get("/leave").body;
    EXPECT_THAT(page, HasSubstr("response_type=token"));
    const std::size_t at = page.find("state=") + 6;
    return page.substr(at, page.find_first_of("&\"", at) - at);
  }
};

TEST_F(ImplicitGrant, TheFragmentThatTheScriptSendsOnIsTheToken) {
  const std::string state = start_implicit();
  EXPECT_EQ(visitor.get("/oauth-callback").status, 200);
  const Page back = visitor.post("/fragment", {{"answer",
                                                "access_token=the-token&token_type=bearer"
                                                "&expires_in=7200&state=" +
                                                    state}});
  EXPECT_EQ(back.status, 303);
  EXPECT_EQ(back.header("Location"), "/grants#implicit");
  const Page tour = visitor.get("/");
  EXPECT_THAT(tour.body, HasSubstr("Hello, Alice Example"));
  EXPECT_THAT(tour.body, HasSubstr("The implicit grant"));
  EXPECT_THAT(tour.body, HasSubstr("#access_token="));
  EXPECT_THAT(tour.body, Not(HasSubstr("the-token")));
  EXPECT_EQ(visitor.get("/oauth-callback").header("Location"), "/#step-3") << "spent";
}

TEST_F(ImplicitGrant, S18_AFragmentWithoutOurStateIsNotUsed) {
  start_implicit();
  const Page back =
      visitor.post("/fragment", {{"answer", "access_token=planted&token_type=bearer&state=x"}});
  EXPECT_EQ(back.status, 400);
  EXPECT_THAT(visitor.get("/").body, HasSubstr("No token"));
}

TEST_F(ImplicitGrant, S84_ACodeGrantsStateBringsNoToken) {
  const std::string state = start(visitor);
  EXPECT_EQ(
      visitor
          .post("/fragment", {{"answer", "access_token=planted&token_type=bearer&state=" + state}})
          .status,
      400);
}

}  // namespace
}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
// The tour over real sockets: what a browser without JavaScript gets.
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

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + 1)) {
    ++found;
  }
  return found;
}

class Tour : public ::testing::Test {
 protected:
  Tour() { visitor.get("/"); }
  Page sign_in(const std::string& name, const std::string& password,
               const std::string& scope = "account repository") {
    return visitor.post_and_follow("/oauth-callback",
                                   {{"username", name}, {"password", password}, {"scope", scope}});
  }

  AppWithSandbox both;
  Visitor visitor{both.running->origin()};
};

TEST_F(Tour, SignInAsAliceLightsSixArrowsAndGreets) {
  const Page page = sign_in("alice", "alice-password");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("Hello, Alice Example"));
  EXPECT_EQ(count(page.body, "class=\"row done"), 6U);
  EXPECT_EQ(count(page.body, "class=\"row idle"), 4U);
}

TEST_F(Tour, BobIsRefusedWithTheReason) {
  const Page page = sign_in("bob", "bob-password");
  EXPECT_THAT(page.body, HasSubstr("Refused: bob has two-step verification"));
  EXPECT_EQ(count(page.body, "class=\"row refused"), 1U);
  EXPECT_EQ(count(page.body, "class=\"row never"), 3U);
  EXPECT_THAT(page.body, HasSubstr("No token"));
}

TEST_F(Tour, WrongPasswordKeepsTheName) {
  const Page page = sign_in("alice", "wrong", "email");
  EXPECT_THAT(page.body, HasSubstr("Refused: that is not alice&apos;s password"));
  EXPECT_THAT(page.body, HasSubstr("name=\"username\" value=\"alice\""));
  EXPECT_THAT(page.body, HasSubstr("value=\"email\" checked"));
}

TEST_F(Tour, MissingScopeIsALesson) {
  sign_in("alice", "alice-password", "account");
  const Page page = visitor.post_and_follow("/call", {{"path", "/2.0/user/emails"}});
  EXPECT_THAT(page.body, HasSubstr("Refused: the scope email is missing"));
}

TEST_F(Tour, EveryListedCallWorksWithItsScopes) {
  sign_in("alice", "alice-password", "account email repository");
  for (const char* path :
       {"/2.0/user", "/2.0/user/emails", "/2.0/user/workspaces", "/2.0/repositories/acme"}) {
    const Page page = visitor.post_and_follow("/call", {{"path", path}});
    EXPECT_EQ(count(page.body, "class=\"row done"), 6U) << path;
    EXPECT_THAT(page.body, HasSubstr(std::string{"GET </span><span class=\"\">"} + path)) << path;
  }
}

TEST_F(Tour, S48_OnlyListedPathsAreCalled) {
  sign_in("alice", "alice-password");
  for (const char* path :
       {"/2.0/workspaces/acme", "//evil.example/2.0/user", "http://evil.example/", "/2.0/user?a=b",
        "/2.0/../site/oauth2/access_token", "@evil.example", ""}) {
    EXPECT_EQ(visitor.post("/call", {{"path", path}}).status, 400) << path;
  }
}

TEST_F(Tour, RevokedTokenIsRefusedAndRefreshIsGone) {
  sign_in("alice", "alice-password");
  Page page = visitor.post_and_follow("/revoke", {});
  EXPECT_THAT(page.body, HasSubstr("<strong>Revoked.</strong>"));
  EXPECT_EQ(count(page.body, "class=\"row done"), 8U);
  page = visitor.post_and_follow("/call", {{"path", "/2.0/user"}});
  EXPECT_THAT(page.body, HasSubstr("Refused: the token was revoked"));
}

TEST_F(Tour, RefreshLightsItsArrows) {
  sign_in("alice", "alice-password");
  const Page page = visitor.post_and_follow("/refresh", {});
  EXPECT_EQ(count(page.body, "class=\"row done"), 8U);
  EXPECT_THAT(page.body, Not(HasSubstr("Refused")));
}

TEST_F(Tour, S50_SecretsAreShownByThePostsOwnAnswerOnly) {
  sign_in("alice", "alice-password");
  const Page shown = visitor.post("/secrets", {{"exchange", "1"}});
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.header("Cache-Control"), "no-store");
  EXPECT_THAT(shown.body, HasSubstr("Hide secrets"));
  EXPECT_THAT(shown.body, HasSubstr("m-client\">secret<"));  // in the request as curl
  EXPECT_THAT(visitor.get("/?exchange=1").body, Not(HasSubstr("m-client\">secret<")));
}

TEST_F(Tour, EveryRunStaysInTheTranscript) {
  sign_in("alice", "alice-password");
  sign_in("bob", "bob-password");
  const Page page = visitor.get("/");
  EXPECT_THAT(page.body, HasSubstr("Run 1: alice"));
  EXPECT_THAT(page.body, HasSubstr("Run 2: bob"));
}

TEST_F(Tour, S75_EveryPostIsAnsweredWith303) {
  EXPECT_EQ(visitor.post("/oauth-callback", {{"username", "alice"}, {"password", "alice-password"}})
                .status,
            303);
  visitor.get("/");
  for (const char* path : {"/refresh", "/revoke", "/sign-out"}) {
    EXPECT_EQ(visitor.post(path, {}).status, 303) << path;
  }
}

TEST_F(Tour, S90_PagesHaveTheirProtections) {
  const Page page = visitor.get("/");
  EXPECT_THAT(page.header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
  EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page.header("Referrer-Policy"), "same-origin");
}

TEST_F(Tour, AssetsAreKeptForEver) {
  const Page page = visitor.get("/");
  const std::size_t at = page.body.find("/assets/site.");
  ASSERT_NE(at, std::string::npos);
  const Page style = visitor.get(page.body.substr(at, page.body.find('"', at) - at));
  EXPECT_EQ(style.status, 200);
  EXPECT_EQ(style.header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_THAT(style.header("Cache-Control"), HasSubstr("immutable"));
}

TEST_F(Tour, TermsArePartOfIt) {
  const Page page = visitor.get("/terms");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("How the grants differ"));
}

TEST_F(Tour, NavigationLeadsOnlyToWhatExists) {
  const std::string body = visitor.get("/").body;
  const std::size_t end = body.find("</nav>");
  std::size_t links = 0;
  for (std::size_t at = body.find("href=", body.find("<nav")); at < end;
       at = body.find("href=", at + 1), ++links) {
    const std::size_t start = at + 6;
    const std::string path = body.substr(start, body.find('"', start) - start);
    EXPECT_EQ(visitor.get(path).status, 200) << path;
  }
  EXPECT_GE(links, 3U);
}

TEST_F(Tour, CodeShowsTheProgramsOfExamples) {
  const Page page = visitor.get("/code");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("client.password_grant("));
  EXPECT_THAT(page.body, HasSubstr("examples/authorization_code.mjs"));
  EXPECT_THAT(page.body, HasSubstr("--data-urlencode"));
  EXPECT_EQ(count(page.body, "This grant hands your password to the app."), 4U)
      << "the page's own sentence, and those of the three programs that use the grant";
}

TEST_F(Tour, AssetsComeCompressedToBrowsersThatTakeIt) {
  const Page page = visitor.get("/");
  const std::size_t at = page.body.find("/assets/site.");
  const std::string path = page.body.substr(at, page.body.find('"', at) - at);
  const auto with = [&](const std::string& codings) {
    return visitor.send("GET", path, {{"Accept-Encoding", codings}});
  };
  EXPECT_EQ(with("gzip, deflate").header("Content-Encoding"), "gzip");
  EXPECT_EQ(with("gzip;q=0").header("Content-Encoding"), "");
  EXPECT_EQ(with("identity").header("Content-Encoding"), "");
  EXPECT_EQ(with("gzip").header("Vary"), "Accept-Encoding");
  EXPECT_LT(with("gzip").body.size(), with("identity").body.size() / 2);
}

TEST_F(Tour, AnEditedRequestIsSentAsItStandsAndItsRefusalShown) {
  sign_in("alice", "alice-password");
  const Page page = visitor.post_and_follow(
      "/edited", {{"method", "POST"},
                  {"headers",
                   "Authorization: Basic ••••\r\n"
                   "Content-Type: application/x-www-form-urlencoded\r\nX-Odd: 1"},
                  {"fields", "grant_type=passwort\r\nusername=alice\r\npassword=••••"},
                  {"password", "typed-again"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("Edited token request, refused"));
  EXPECT_THAT(page.body, HasSubstr("X-Odd"));
  EXPECT_THAT(page.body, HasSubstr("Unsupported grant type"));
  EXPECT_THAT(page.body, Not(HasSubstr("typed-again")));
  EXPECT_THAT(page.body, HasSubstr("class=\"chip alive")) << "the session keeps its token";
}

TEST_F(Tour, AnEditedRequestCannotNameAHostAndSaysSo) {
  sign_in("alice", "alice-password");
  const Page page = visitor.post_and_follow(
      "/edited", {{"method", "POST"}, {"headers", "Host: evil.example"}, {"fields", "a=b"}});
  EXPECT_THAT(page.body, HasSubstr("The header Host is made from the request itself"));
}

TEST_F(Tour, ATokenOfAnEditedRequestIsMaskedAndRevoked) {
  sign_in("alice", "alice-password");
  const Page page = visitor.post_and_follow(
      "/edited", {{"method", "POST"},
                  {"headers",
                   "Authorization: Basic ••••\n"
                   "Content-Type: application/x-www-form-urlencoded"},
                  {"fields", "grant_type=password\nusername=carol\npassword=••••"},
                  {"password", "carol-password"}});
  EXPECT_THAT(page.body, HasSubstr("m-issued\">••••"));
  EXPECT_THAT(page.body, HasSubstr("Run 1: alice"));
}

TEST_F(Tour, S50_TranscriptIsMarkdownWithSecretsMasked) {
  sign_in("alice", "alice-password");
  const Page page = visitor.get("/transcript.md");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Content-Type"), "text/markdown; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("### 1. POST answered 200"));
  EXPECT_THAT(page.body, HasSubstr("Authorization: Basic ***"));
  EXPECT_THAT(page.body, HasSubstr("password=***"));
  EXPECT_THAT(page.body, Not(HasSubstr("alice-password")));
  EXPECT_THAT(page.body, HasSubstr(R"("***")"));
}

TEST_F(Tour, MetricsCountByRoute) {
  EXPECT_THAT(visitor.get("/metrics").body,
              HasSubstr("bbgrant_http_requests_total{server=\"app\",route=\"/\",status=\"2xx\"}"));
}

TEST_F(Tour, UnknownPagesSaySo) {
  const Page page = visitor.get("/nothing");
  EXPECT_EQ(page.status, 404);
  EXPECT_THAT(page.body, HasSubstr("There is no such page"));
}

TEST(TourOfABrokenServer, S46_HostileAnswersAreText) {
  const std::string hostile = R"("<script>alert(1)</script>")";
  const support::ScriptedServer server{[&](const std::string& request) {
    if (request.starts_with("POST")) {
      return support::answer(200, R"({"access_token":"t","token_type":"bearer","scope":)" +
                                      hostile + R"(,"<img>":)" + hostile + "}");
    }
    return support::answer(200, R"({"display_name":)" + hostile + "}", "X-Odd: <i>odd</i>\r\n");
  }};
  const RunningApp running{server.origin()};
  Visitor visitor{running.origin()};
  visitor.get("/");
  const Page page =
      visitor.post_and_follow("/oauth-callback", {{"username", "alice"}, {"password", "x"}});
  EXPECT_THAT(page.body, HasSubstr("Hello, &lt;script&gt;"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page.body, Not(HasSubstr("<img")));
  EXPECT_THAT(visitor.get("/?exchange=2").body, Not(HasSubstr("<i>odd")));
}

TEST(TourOfABrokenServer, NobodyListensIsALesson) {
  std::string origin;
  {
    const support::ScriptedServer gone{support::answer(200, "{}")};
    origin = gone.origin();
  }
  const RunningApp running{origin};
  Visitor visitor{running.origin()};
  visitor.get("/");
  const Page page =
      visitor.post_and_follow("/oauth-callback", {{"username", "alice"}, {"password", "x"}});
  EXPECT_THAT(page.body, HasSubstr("Nobody answers at the server"));
  EXPECT_THAT(page.body, HasSubstr("no connection"));
  EXPECT_EQ(count(page.body, "class=\"row done"), 1U);
}

}  // namespace
}  // namespace bbgrant::app

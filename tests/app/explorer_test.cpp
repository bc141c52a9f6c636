// SPDX-License-Identifier: MIT
// The explorer over real sockets.
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

class Explorer : public ::testing::Test {
 protected:
  Explorer() { visitor.get("/"); }
  void sign_in(const std::string& scope) {
    visitor.post_and_follow(
        "/oauth-callback",
        {{"username", "alice"}, {"password", "alice-password"}, {"scope", scope}});
  }
  Page call(const std::string& path, const std::string& method = "GET",
            const std::string& body = {}) {
    visitor.get("/explorer");
    return visitor.post_and_follow("/explorer",
                                   {{"method", method}, {"path", path}, {"body", body}});
  }

  AppWithSandbox both;
  Visitor visitor{both.running->origin()};
};

TEST_F(Explorer, ShowsStatusHeadersJsonAndItsLinks) {
  sign_in("account repository");
  const Page page = call("/2.0/repositories/acme?pagelen=1");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("200 OK"));
  EXPECT_THAT(page.body, HasSubstr("<span class=\"name\">X-OAuth-Scopes: </span>"));
  EXPECT_THAT(page.body,
              HasSubstr("form=\"follow\" name=\"path\" value=\"/2.0/repositories/acme/"));
  EXPECT_THAT(page.body, HasSubstr("Next page"));
  EXPECT_THAT(page.body, HasSubstr("pagelen=1"));
}

TEST_F(Explorer, NamesTheScopeThatIsMissing) {
  sign_in("account");
  const Page page = call("/2.0/user/emails");
  EXPECT_THAT(page.body, HasSubstr("403"));
  EXPECT_THAT(page.body, HasSubstr("This call needs the scope email"));
}

TEST_F(Explorer, MarksWhatTheTokenMayCall) {
  sign_in("account");
  const std::string body = visitor.get("/explorer").body;
  EXPECT_THAT(body, HasSubstr("scope missing"));
  EXPECT_THAT(body, HasSubstr("<b>2</b> of 3 operations allowed"));
  EXPECT_THAT(body, HasSubstr("One more scope would add"));
}

TEST_F(Explorer, WithoutATokenNothingIsSent) {
  const Page page = call("/2.0/user");
  EXPECT_EQ(page.status, 400);
  EXPECT_THAT(page.body, HasSubstr("There is no token to show."));
  EXPECT_THAT(page.body, HasSubstr("value=\"/2.0/user\"")) << "what was typed stays";
}

TEST_F(Explorer, S48_BadTargetsAndMethodsAre400AndStay) {
  sign_in("account");
  const Page page = call("/2.0/../site/oauth2/access_token");
  EXPECT_EQ(page.status, 400);
  EXPECT_THAT(page.body, HasSubstr("value=\"/2.0/../site/oauth2/access_token\""));
  EXPECT_EQ(call("/2.0/user", "TRACE").status, 400);
  EXPECT_EQ(call("/2.0/user", "get").status, 400);
}

TEST(ExplorerOfAnotherServer, S48_RedirectsAreShownAndNoBrowserHeaderIsPassedOn) {
  std::string seen;
  const support::ScriptedServer server{[&](const std::string& request) {
    if (request.starts_with("POST /site")) {
      return support::answer(200, R"({"access_token":"the-token-itself","token_type":"bearer"})");
    }
    if (request.starts_with("GET /2.0/away")) seen = request;
    return support::answer(302, "<script>alert(1)</script>",
                           "Location: http://169.254.169.254/latest\r\n");
  }};
  const RunningApp running{server.origin()};
  Visitor visitor{running.origin()};
  visitor.get("/");
  visitor.post_and_follow("/oauth-callback", {{"username", "alice"}, {"password", "x"}});
  visitor.get("/explorer");
  const Page page =
      visitor.post_and_follow("/explorer", {{"method", "GET"}, {"path", "/2.0/away"}});
  EXPECT_THAT(page.body, HasSubstr("302"));
  EXPECT_THAT(page.body, HasSubstr("http://169.254.169.254/latest"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(seen, HasSubstr("Bearer the-token-itself"));
  EXPECT_THAT(seen, Not(HasSubstr("ookie:")));
}

}  // namespace
}  // namespace bbgrant::app

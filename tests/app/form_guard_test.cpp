// SPDX-License-Identifier: MIT
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/form.hpp"
#include "running_app.hpp"

namespace bbgrant::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kForms[] = {"/oauth-callback", "/call",     "/refresh",
                                  "/revoke",         "/sign-out", "/secrets"};

class S47_CrossSite : public ::testing::Test {
 protected:
  S47_CrossSite() { visitor.get("/"); }

  /// A form of the visitor's own session, with its token, said to come from elsewhere.
  Page from(const std::string& path, const Fields& more_headers, const std::string& csrf) {
    Fields headers{{"Accept", "text/html"},
                   {"Content-Type", "application/x-www-form-urlencoded"},
                   {"Cookie", visitor.cookie()}};
    headers.insert(headers.end(), more_headers.begin(), more_headers.end());
    return visitor.send(
        "POST", path, headers,
        http::encode_query(
            {{"username", "alice"}, {"password", "alice-password"}, {"csrf", csrf}}));
  }

  AppWithSandbox both;
  Visitor visitor{both.running->origin()};
};

TEST_F(S47_CrossSite, FormsFromElsewhereAreRefusedEvenWithTheToken) {
  for (const char* path : kForms) {
    for (const char* origin : {"https://evil.example", "null", "http://localhost:1",
                               "http://127.0.0.1", "https://localhost"}) {
      const Page page = from(path, {{"Origin", origin}}, visitor.csrf());
      EXPECT_EQ(page.status, 403) << path << " from " << origin;
    }
    for (const char* site : {"cross-site", "same-site"}) {
      const Page page =
          from(path, {{"Origin", visitor.origin()}, {"Sec-Fetch-Site", site}}, visitor.csrf());
      EXPECT_EQ(page.status, 403) << path << " " << site;
    }
  }
}

TEST_F(S47_CrossSite, FormsWithoutTheRightTokenAreRefused) {
  const std::string other = [&] {
    Visitor stranger{visitor.origin()};
    stranger.get("/");
    return stranger.csrf();
  }();
  for (const char* path : kForms) {
    for (const std::string& token : {std::string{}, std::string{"wrong"}, other}) {
      const Page page = from(path, {{"Origin", visitor.origin()}}, token);
      EXPECT_EQ(page.status, 403) << path << " with " << token;
    }
  }
}

TEST_F(S47_CrossSite, S89_PlantedCookieIsNoSession) {
  Visitor planted{visitor.origin()};
  planted.set_cookie(visitor.cookie().substr(0, visitor.cookie().find('=')), "planted-session-id");
  EXPECT_EQ(planted.post("/oauth-callback", {{"username", "alice"}, {"password", "alice-password"}})
                .status,
            403);
}

TEST_F(S47_CrossSite, OutdatedFormKeepsWhatWasTypedButThePassword) {
  Visitor late{visitor.origin()};  // without a session
  const Page page =
      late.post("/oauth-callback",
                {{"username", "dave <b>"}, {"password", "typed-password"}, {"scope", "email"}});
  EXPECT_EQ(page.status, 403);
  EXPECT_THAT(page.body, HasSubstr("This page was out of date"));
  EXPECT_THAT(page.body, HasSubstr("value=\"dave &lt;b&gt;\""));
  EXPECT_THAT(page.body, HasSubstr("value=\"email\" checked"));
  EXPECT_THAT(page.body, Not(HasSubstr("typed-password")));
  // The page that came works at once.
  EXPECT_EQ(
      late.post("/oauth-callback", {{"username", "alice"}, {"password", "alice-password"}}).status,
      303);
}

TEST_F(S47_CrossSite, ScriptWithACookieNeedsTheToken) {
  const Page page = visitor.send("POST", "/oauth-callback",
                                 {{"Accept", "application/json"},
                                  {"Content-Type", "application/x-www-form-urlencoded"},
                                  {"Cookie", visitor.cookie()}},
                                 "username=alice&password=alice-password");
  EXPECT_EQ(page.status, 403);
  EXPECT_THAT(page.body, HasSubstr("\"error\""));
}

TEST_F(S47_CrossSite, ScriptWithAnOriginNeedsTheToken) {
  const Page page = visitor.send("POST", "/oauth-callback",
                                 {{"Accept", "application/json"},
                                  {"Content-Type", "application/x-www-form-urlencoded"},
                                  {"Origin", visitor.origin()}},
                                 "username=alice&password=alice-password");
  EXPECT_EQ(page.status, 403);
}

TEST_F(S47_CrossSite, GetChangesNothing) {
  for (const char* path : {"/call", "/refresh", "/revoke", "/sign-out", "/secrets"}) {
    EXPECT_EQ(visitor.get(path).status, 405) << path;
  }
}

}  // namespace
}  // namespace bbgrant::app

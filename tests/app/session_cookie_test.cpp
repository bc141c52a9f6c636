// SPDX-License-Identifier: MIT
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "running_app.hpp"

namespace bbgrant::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SessionCookie : public ::testing::Test {
 protected:
  AppWithSandbox both;
  Visitor visitor{both.running->origin()};
};

TEST_F(SessionCookie, IsHiddenFromScriptsAndOtherSites) {
  const std::string cookie = visitor.get("/").header("Set-Cookie");
  EXPECT_THAT(cookie, HasSubstr("bbgrant_app"));
  EXPECT_THAT(cookie, HasSubstr("HttpOnly"));
  EXPECT_THAT(cookie, HasSubstr("SameSite=Lax"));
  EXPECT_THAT(cookie, HasSubstr("Path=/"));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
}

TEST_F(SessionCookie, S89_NameCarriesThePort) {
  EXPECT_THAT(visitor.get("/").header("Set-Cookie"),
              HasSubstr("bbgrant_app_" + std::to_string(both.running->app.port()) + "="));
}

TEST_F(SessionCookie, S25_SigningInGivesANewOneAndKillsTheOld) {
  visitor.get("/");
  Visitor old = visitor;
  visitor.post("/oauth-callback", {{"username", "alice"}, {"password", "alice-password"}});
  EXPECT_NE(visitor.cookie(), old.cookie());
  EXPECT_THAT(visitor.get("/").body, HasSubstr("Hello, Alice"));
  EXPECT_THAT(old.get("/").body, HasSubstr("No token"));
}

TEST_F(SessionCookie, S25_SigningOutEndsItOnTheServer) {
  visitor.get("/");
  visitor.post_and_follow("/oauth-callback",
                          {{"username", "alice"}, {"password", "alice-password"}});
  Visitor copied = visitor;
  const Page page = visitor.post("/sign-out", {});
  EXPECT_EQ(page.status, 303);
  EXPECT_EQ(page.header("Clear-Site-Data"), "\"cache\", \"storage\"");
  EXPECT_THAT(page.header("Set-Cookie"), HasSubstr("Max-Age=0"));
  EXPECT_THAT(copied.get("/").body, HasSubstr("No token"));
}

TEST_F(SessionCookie, S50_SigningOutRevokesTheTokenAtTheServer) {
  visitor.get("/");
  visitor.post_and_follow("/oauth-callback",
                          {{"username", "alice"}, {"password", "alice-password"}});
  const Page shown = visitor.post("/secrets", {{"exchange", "2"}});
  const std::size_t at = shown.body.find("Bearer </span>");
  ASSERT_NE(at, std::string::npos);
  const std::size_t start = shown.body.find('>', shown.body.find("m-issued", at)) + 1;
  const Secret token{
      std::string_view{shown.body}.substr(start, shown.body.find('<', start) - start)};
  const ApiClient api{Server::sandbox(both.sandbox.origin())};
  EXPECT_NO_THROW(static_cast<void>(api.get("/2.0/user", token)));
  visitor.post("/sign-out", {});
  EXPECT_THROW(static_cast<void>(api.get("/2.0/user", token)), ApiError);
}

}  // namespace
}  // namespace bbgrant::app

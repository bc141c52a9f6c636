// SPDX-License-Identifier: MIT
#include "pages/page.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace bbgrant::pages {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(S46_ScriptFromData, PolicyAllowsNothingButOurOwnFiles) {
  const std::string policy = content_security_policy();
  for (const char* rule :
       {"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'",
        "object-src 'none'", "form-action 'self'", "frame-ancestors 'none'"}) {
    EXPECT_THAT(policy, HasSubstr(rule));
  }
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
}

TEST(S46_ScriptFromData, FormsMayLeadToOneMoreOriginWhereAPageSaysSo) {
  EXPECT_THAT(content_security_policy("https://client.example"),
              HasSubstr("form-action 'self' https://client.example"));
}

TEST(S19_Clickjacking, PagesAreNeverFramedAndNeverKept) {
  const http::Response response =
      page(403, "notice", {{"layout", {{"title", "t"}}}, {"title", "t"}, {"href", "/"}});
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.headers.find("X-Frame-Options"), "DENY");
  EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
  EXPECT_THAT(std::string{*response.headers.find("Content-Security-Policy")},
              HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(response.body, HasSubstr("href=\"/assets/site."));
}

}  // namespace
}  // namespace bbgrant::pages

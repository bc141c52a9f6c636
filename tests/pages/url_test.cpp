// SPDX-License-Identifier: MIT
#include "pages/url.hpp"

#include <string_view>

#include <gtest/gtest.h>

namespace bbgrant::pages {
namespace {

struct Case {
  std::string_view text;
  bool good;
  bool absolute;
};

constexpr Case kCases[] = {
    {"/", true, false},
    {"/?exchange=3#step-4", true, false},
    {"/terms#instead", true, false},
    {"https://example.com", true, true},
    {"http://localhost:7990/2.0/user?a=b", true, true},
    {"HTTPS://example.com/", true, true},
    {"", false, false},
    {"terms", false, false},
    {"#step-3", false, false},
    {"//evil.example/", false, false},
    {"/\\evil.example/", false, false},
    {"\\\\evil.example", false, false},
    {"javascript:alert(1)", false, false},
    {"JaVaScRiPt:alert(1)", false, false},
    {" javascript:alert(1)", false, false},
    {"java\tscript:alert(1)", false, false},
    {"data:text/html,x", false, false},
    {"vbscript:x", false, false},
    {"ftp://example.com", false, false},
    {"https:example.com", false, false},
    {"https://", false, false},
    {"https://user@example.com/", false, false},
    {"https://user:pw@example.com/", false, false},
    {"/a b", false, false},
    {"/a\nb", false, false},
    {"/\xC3\xA4", false, false},
};

TEST(S91_OpenRedirector, OnlyWebAddressesAndOwnPathsAreUrls) {
  for (const Case& each : kCases) {
    const auto url = Url::parse(each.text);
    EXPECT_EQ(url.has_value(), each.good) << each.text;
    if (url) {
      EXPECT_EQ(url->text(), each.text);
      EXPECT_EQ(url->is_absolute(), each.absolute) << each.text;
    }
  }
}

}  // namespace
}  // namespace bbgrant::pages

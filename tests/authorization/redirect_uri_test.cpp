// SPDX-License-Identifier: MIT
#include "authorization/redirect_uri.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace bbgrant::authorization {
namespace {

struct Row {
  std::string registered;
  std::string asked;
  bool bitbucket;
  bool rfc;
};

void expect(const std::vector<Row>& rows) {
  for (const auto& [registered, asked, bitbucket, rfc] : rows) {
    SCOPED_TRACE(registered + " <- " + asked);
    EXPECT_EQ(may_redirect_to(registered, asked, ErrorStyle::kBitbucket), bitbucket);
    EXPECT_EQ(may_redirect_to(registered, asked, ErrorStyle::kRfc6749), rfc);
  }
}

TEST(S17_OpenRedirect, OnlyTheRegisteredUriAndWhatItBegins) {
  const std::string app = "https://app.example/cb";
  expect({{app, app, true, true},
          {app, app + "/", true, false},
          {app, app + "/more", true, false},
          {app, app + "?x=1", true, false},
          {app, app + "more", false, false},
          {app, app + ".example", false, false},
          {app, "https://app.example/", false, false},
          {app, "https://app.example/CB", false, false},
          {app, "https://APP.example/cb", false, false},
          {app, "http://app.example/cb", false, false},
          {app, "https://app.example:444/cb", false, false},
          {app, "https://app.example./cb", false, false},
          {app, "https://app.example.evil.example/cb", false, false},
          {app, "https://evil.example/https://app.example/cb", false, false},
          {app, "https://app.example@evil.example/cb", false, false},
          {app, "https://user@app.example/cb", false, false},
          {app, app + "/../other", false, false},
          {app, app + "/./x", false, false},
          {app, app + "/%2e%2e/other", false, false},
          {app, app + "/%2E./other", false, false},
          {app, app + "/..%2fother", false, false},
          {app, app + "//evil.example", false, false},
          {app, app + "/%5c..", false, false},
          {app, app + "/\\evil.example", false, false},
          {app, app + "/%00", false, false},
          {app, app + "#fragment", false, false},
          {app, app + "/a b", false, false},
          {app, app + "/a\r\nb", false, false},
          {app, "//app.example/cb", false, false},
          {app, "/cb", false, false},
          {app, "javascript:alert(1)", false, false},
          {app, "", false, false},
          {"https://app.example/", "https://app.example/any", true, false},
          {"https://app.example", "https://app.example.evil.example/", false, false},
          {"https://app.example", "https://app.examplevil/", false, false},
          {"https://app.example/cb?a=1", "https://app.example/cb?a=1", true, true},
          {"https://app.example/cb?a=1", "https://app.example/cb?a=12", false, false}});
}

TEST(S76_LoopbackRedirect, WithoutAPortTakesAnyOnTheAddressItself) {
  expect({{"http://127.0.0.1", "http://127.0.0.1:49152/", true, true},
          {"http://127.0.0.1", "http://127.0.0.1:49152/cb", true, false},
          {"http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", true, true},
          {"http://[::1]/cb", "http://[::1]:49152/cb", true, true},
          {"http://127.0.0.1:3000/cb", "http://127.0.0.1:49152/cb", false, true},
          {"http://localhost/cb", "http://localhost:49152/cb", false, false},
          {"http://127.0.0.1/cb", "http://[::1]:49152/cb", false, false},
          {"http://127.0.0.1/cb", "https://127.0.0.1:49152/cb", false, false},
          {"http://127.0.0.1", "http://127.0.0.1.evil.example/", false, false},
          {"http://127.0.0.1", "http://127.0.0.1evil.example:80/", false, false},
          {"http://127.0.0.1", "http://127.0.0.1@evil.example/", false, false}});
}

TEST(S76_LoopbackRedirect, PlainHttpElsewhereIsBitbucketsAlone) {
  const auto good = [](const char* url, ErrorStyle style) {
    return !fault_of_callback(url, style);
  };
  for (const auto* url : {"https://app.example/cb", "http://127.0.0.1", "http://[::1]:3000/cb",
                          "http://localhost:3000/cb", "com.example.app:/callback"}) {
    EXPECT_TRUE(good(url, ErrorStyle::kBitbucket)) << url;
    EXPECT_TRUE(good(url, ErrorStyle::kRfc6749)) << url;
  }
  EXPECT_TRUE(good("http://app.example/cb", ErrorStyle::kBitbucket));
  EXPECT_FALSE(good("http://app.example/cb", ErrorStyle::kRfc6749));
  for (const auto* url :
       {"/cb", "app.example/cb", "https://u:p@app.example/", "https://app.example/#x", "myapp:/cb",
        "https:///cb", "https://app.example/../x", "http://127.0.0.1.example/cb"}) {
    EXPECT_FALSE(good(url, ErrorStyle::kBitbucket)) << url;
    EXPECT_FALSE(good(url, ErrorStyle::kRfc6749)) << url;
  }
}

TEST(S23_ErrorInTheRedirect, IsEncodedAndKeepsTheQuery) {
  const AnswerFields fields{{"error", "access_denied"}, {"state", "a&b=c d#\r\n"}};
  const std::string encoded = "error=access_denied&state=a%26b%3Dc%20d%23%0D%0A";
  EXPECT_EQ(with_answer("https://a.example/cb", fields, false), "https://a.example/cb?" + encoded);
  EXPECT_EQ(with_answer("https://a.example/cb?x=1", fields, false),
            "https://a.example/cb?x=1&" + encoded);
  EXPECT_EQ(with_answer("https://a.example/cb?x=1", fields, true),
            "https://a.example/cb?x=1#" + encoded);
}

}  // namespace
}  // namespace bbgrant::authorization

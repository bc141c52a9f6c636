// SPDX-License-Identifier: MIT
#include "http/message.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/cookie.hpp"
#include "http/wire.hpp"

namespace bbgrant::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Headers, AreFoundWithoutCaseAndKeepTheirOrder) {
  Headers headers{{"Content-Type", "a"}, {"X-One", "1"}, {"x-one", "2"}};
  EXPECT_EQ(headers.find("content-type"), "a");
  EXPECT_THAT(headers.all("X-ONE"), ElementsAre("1", "2"));
  EXPECT_FALSE(headers.find("X-Two"));
  headers.set("X-ONE", "3");
  EXPECT_THAT(headers.all("x-one"), ElementsAre("3"));
  headers.remove("content-TYPE");
  EXPECT_EQ(headers.size(), 1U);
}

TEST(S3_WrongContentType, ParametersAndCaseDoNotMatterOtherTypesDo) {
  struct Case {
    const char* value;
    bool form;
  };
  for (const auto& [value, form] :
       std::vector<Case>{{"application/x-www-form-urlencoded", true},
                         {"application/x-www-form-urlencoded; charset=utf-8", true},
                         {"application/x-www-form-urlencoded;charset=utf-8", true},
                         {"APPLICATION/X-WWW-FORM-URLENCODED ; x=y", true},
                         {"application/json", false},
                         {"multipart/form-data; boundary=x", false},
                         {"application/x-www-form-urlencodedx", false},
                         {"text/plain, application/x-www-form-urlencoded", false},
                         {"", false}}) {
    Request request;
    request.headers.add("Content-Type", value);
    EXPECT_EQ(is_form(request), form) << value;
  }
  EXPECT_FALSE(is_form(Request{}));
}

TEST(Request, OriginRepeatsTheAcceptedHost) {
  Request request;
  request.host = "sandbox:7990";
  EXPECT_EQ(request.origin(), "http://sandbox:7990");
  request.secure = true;
  EXPECT_EQ(request.origin(), "https://sandbox:7990");
}

TEST(Request, ParameterThatTheRouteHasNotIsABug) {
  Request request;
  request.parameters = {{"workspace", "acme"}};
  EXPECT_EQ(request.parameter("workspace"), "acme");
  EXPECT_THROW(static_cast<void>(request.parameter("repository")), std::out_of_range);
}

TEST(S14_PasswordKept, BodyIsWipedOnDemandAndWhenARequestIsMovedFrom) {
  Request request;
  request.body = "password=a-password-of-more-than-sixteen-bytes";
  const char* const bytes = request.body.data();
  const std::size_t size = request.body.size();
  request.wipe_body();
  EXPECT_EQ(std::string(bytes, size), std::string(size, '\0'));

  Request from;
  from.body = "short";  // lies in the string itself
  const char* const inside = from.body.data();
  const Request to = std::move(from);
  EXPECT_EQ(to.body, "short");
  EXPECT_EQ(std::string(inside, 5), std::string(5, '\0'));
}

TEST(Cookie, IsFoundByItsExactName) {
  const std::string_view header = "a=1; session=abc=; A=2;empty=; quoted=\"x\"; novalue";
  EXPECT_EQ(find_cookie(header, "a"), "1");
  EXPECT_EQ(find_cookie(header, "A"), "2");
  EXPECT_EQ(find_cookie(header, "session"), "abc=");
  EXPECT_EQ(find_cookie(header, "empty"), "");
  EXPECT_EQ(find_cookie(header, "quoted"), "x");
  EXPECT_FALSE(find_cookie(header, "novalue"));
  EXPECT_FALSE(find_cookie(header, "b"));
  EXPECT_FALSE(find_cookie("", "a"));
}

TEST(Cookie, IsWrittenWithItsAttributes) {
  EXPECT_EQ(format_cookie({.name = "s", .value = "v"}), "s=v; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_EQ(format_cookie({.name = "s",
                           .value = "",
                           .path = "/x",
                           .http_only = false,
                           .same_site = SameSite::kStrict,
                           .secure = true,
                           .max_age = std::chrono::seconds{0}}),
            "s=; Path=/x; Max-Age=0; Secure; SameSite=Strict");
}

TEST(S92_HeaderInjection, CookieWithAnEndOfLineOrOfValueIsRefused) {
  for (const char* bad : {"a\r\nb", "a\nb", "a;b", "a b", "a,b", "a\"b", "a\\b", "a\xFF"}) {
    EXPECT_THROW(static_cast<void>(format_cookie({.name = "s", .value = bad})), HeaderError) << bad;
    EXPECT_THROW(static_cast<void>(format_cookie({.name = bad, .value = "v"})), HeaderError) << bad;
    EXPECT_THROW(static_cast<void>(format_cookie({.name = "s", .value = "v", .path = bad})),
                 HeaderError)
        << bad;
  }
  EXPECT_THROW(static_cast<void>(format_cookie({.name = "", .value = "v"})), HeaderError);
  EXPECT_THROW(static_cast<void>(format_cookie({.name = "a=b", .value = "v"})), HeaderError);
}

TEST(Wire, DateHasTheFormOfTheStandard) {
  // RFC 9110 section 5.6.7's own example.
  EXPECT_EQ(format_date(std::chrono::sys_seconds{std::chrono::seconds{784111777}}),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Wire, FramingHeadersOfAHandlerAreDropped) {
  Response response = Response::text(200, "abc")
                          .with("Content-Length", "99")
                          .with("Transfer-Encoding", "chunked")
                          .with("Connection", "upgrade");
  complete_headers(response, {}, false, "localhost");
  std::string head;
  write_head(head, response, {"now", ConnectionHeader::kNone});
  EXPECT_THAT(head, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("99")));
  EXPECT_THAT(head, Not(HasSubstr("chunked")));
  EXPECT_THAT(head, Not(HasSubstr("upgrade")));
}

TEST(S90_BrowserProtections, StrictTransportSecurityNeedsTlsAndANameOfItsOwn) {
  const auto has_it = [](bool secure, std::string_view host) {
    Response response = Response::text(200, "");
    complete_headers(response, {}, secure, host);
    return response.headers.has("Strict-Transport-Security");
  };
  EXPECT_TRUE(has_it(true, "bbgrant.example"));
  EXPECT_FALSE(has_it(false, "bbgrant.example"));
  EXPECT_FALSE(has_it(true, "localhost:3000"));
  EXPECT_FALSE(has_it(true, "127.0.0.1:3000"));
  EXPECT_FALSE(has_it(true, "[::1]:3000"));
}

}  // namespace
}  // namespace bbgrant::http

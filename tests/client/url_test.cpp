// SPDX-License-Identifier: MIT
#include "client/url.hpp"

#include <bbgrant/client.hpp>
#include <gtest/gtest.h>

namespace bbgrant::detail {
namespace {

TEST(S39_PlainHttp, IsAllowedToLoopbackOnly) {
  for (const char* url : {"http://localhost:7990/x", "http://127.0.0.1/x", "http://127.9.9.9/x",
                          "http://[::1]:7990/x", "HTTP://LocalHost/x", "https://example.com/x"})
    EXPECT_NO_THROW(static_cast<void>(judged_url(url, "The URL", false))) << url;
  for (const char* url :
       {"http://example.com/x", "http://127.0.0.1.example.com/x", "http://localhost.example.com/x",
        "http://128.0.0.1/x", "http://[::2]/x", "http://0.0.0.0/x"})
    EXPECT_THROW(static_cast<void>(judged_url(url, "The URL", false)), ConfigError) << url;
  EXPECT_NO_THROW(static_cast<void>(judged_url("http://example.com/x", "The URL", true)));
}

TEST(S86_Url, RefusesUserOtherSchemesFragmentAndControlCharacters) {
  using namespace std::string_view_literals;
  for (const auto url :
       {"https://user@example.com/"sv, "https://user:word@example.com/"sv, "file:///etc/passwd"sv,
        "ftp://example.com/"sv, "gopher://example.com/"sv, "javascript:1"sv, "/path"sv, ""sv,
        "https://"sv, "https://example.com/#f"sv, "https://example.com/\r\nX: y"sv,
        "https://exa\0mple.com/"sv, "https://example.com:99999/"sv, "https://example.com/a b"sv})
    EXPECT_THROW(static_cast<void>(judged_url(url, "The URL", true)), ConfigError) << url;
}

TEST(S41_Url, IsShownWithoutUserQueryAndFragment) {
  EXPECT_EQ(Url::parse("https://u:p@example.com/a?access_token=T#f")->shown(),
            "https://example.com/a");
}

TEST(Url, OriginHasSchemeHostAndPort) {
  EXPECT_EQ(Url::parse("https://EXAMPLE.com/a")->origin(), "https://example.com:443");
  EXPECT_EQ(Url::parse("http://example.com/a")->origin(), "http://example.com:80");
  EXPECT_EQ(Url::parse("https://example.com:443/b")->origin(), "https://example.com:443");
}

TEST(Url, ResolvesALocation) {
  const auto base = Url::parse("https://example.com/a/b?q=1");
  EXPECT_EQ(base->resolve("c")->text(), "https://example.com/a/c");
  EXPECT_EQ(base->resolve("/c?d=e")->text(), "https://example.com/c?d=e");
  EXPECT_EQ(base->resolve("//other.example/c")->origin(), "https://other.example:443");
  EXPECT_FALSE(base->resolve("mailto:a@example.com"));
}

TEST(Url, KeepsAnEncodedSlash) {
  EXPECT_EQ(Url::parse("https://example.com/2.0/a%2Fb")->target(), "/2.0/a%2Fb");
}

TEST(Client, NamesTheUrlThatCannotBeUsed) {
  auto server = Server::sandbox();
  server.revoke_url = "http://example.com/revoke";
  try {
    const Client client{server, ConsumerKey{"k"}, Secret{}};
    FAIL() << "not refused";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string{error.what()}.find("revoke URL"), std::string::npos);
    EXPECT_EQ(error.url(), "http://example.com/revoke");
    EXPECT_NE(error.advice().find("https"), std::string::npos);
  }
}

}  // namespace
}  // namespace bbgrant::detail

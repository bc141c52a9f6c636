// SPDX-License-Identifier: MIT
#include <array>
#include <chrono>
#include <string_view>

#include <gtest/gtest.h>

#include "cli/duration.hpp"
#include "cli/listen_address.hpp"
#include "cli/nearest.hpp"
#include "cli/terminal.hpp"
#include "cli/url.hpp"

namespace bbgrant::cli {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsSecondsMinutesHoursDays) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("15m"), 15min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("30d"), 720h);
}

TEST(Duration, RefusesWhatHasNoUnitOrNoUse) {
  for (const char* text : {"", "s", "90", "0s", "-1s", "+1s", "1.5h", "2 h", "2H", "h2", "1w",
                           "4294967296s", "3651d", "99999999999999999999h"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, IsDescribedInItsLargestWholeUnit) {
  EXPECT_EQ(describe(7200s), "2 hours");
  EXPECT_EQ(describe(3600s), "1 hour");
  EXPECT_EQ(describe(90s), "90 seconds");
  EXPECT_EQ(describe(60s), "1 minute");
  EXPECT_EQ(describe(0s), "0 seconds");
  EXPECT_EQ(describe(std::chrono::days{2}), "2 days");
}

TEST(Nearest, FindsTheWordThatWasMeant) {
  constexpr std::array<std::string_view, 4> kKnown{"port", "sandboxPort", "store", "--scope"};
  EXPECT_EQ(nearest("prot", kKnown), "port");
  EXPECT_EQ(nearest("PORT", kKnown), "port");
  EXPECT_EQ(nearest("sandbox_port", kKnown), "sandboxPort");
  EXPECT_EQ(nearest("--scopes", kKnown), "--scope");
}

TEST(Nearest, SaysNothingWhenNoneIsNear) {
  constexpr std::array<std::string_view, 2> kKnown{"port", "store"};
  EXPECT_FALSE(nearest("favouriteColour", kKnown));
  EXPECT_FALSE(nearest("", kKnown));
  EXPECT_FALSE(nearest("x", kKnown));
  EXPECT_FALSE(nearest(std::string(100000, 'p'), kKnown));
}

TEST(ListenAddress, TakesAddressesWithAndWithoutPort) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:7990"), (ListenAddress{"127.0.0.1", 7990}));
  EXPECT_EQ(parse_listen_address("0.0.0.0"), (ListenAddress{"0.0.0.0", std::nullopt}));
  EXPECT_EQ(parse_listen_address("[::1]:0"), (ListenAddress{"::1", 0}));
  EXPECT_EQ(parse_listen_address("localhost:7990"), (ListenAddress{"", 7990}));
}

TEST(ListenAddress, RefusesNamesAndBadPorts) {
  for (const char* text : {"", ":7990", "example.com:80", "127.0.0.1:65536",
                           "127.0.0.1.example.com:80", "127.0.0.1:70000", "127.0.0.1:x", "::1",
                           "a@127.0.0.1:80", "127.0.0.1:80/x", "127.0.0.1:"}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
}

TEST(Url, TakesHttpAndHttpsOnly) {
  for (const char* text :
       {"http://localhost:7990", "https://example.com/a?b=c", "http://[::1]:1/"}) {
    EXPECT_TRUE(parse_url(text)) << text;
  }
  for (const char* text :
       {"", "localhost", "//localhost", "http://", "http:///x", "ftp://a/", "http://a:b@c/",
        "http://a@c/", "http://a/#b", "http://a:99999/", "http://a b/", "javascript:alert(1)"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Url, HostIsTheOneThatLibcurlConnectsTo) {
  EXPECT_EQ(parse_url("http://127.0.0.1.example.com/t").value().host, "127.0.0.1.example.com");
  EXPECT_EQ(parse_url("http://[::1]:7990/").value().host, "::1");
  EXPECT_TRUE(parse_url("http://localhost:7990").value().is_origin());
  EXPECT_FALSE(parse_url("http://localhost:7990?a").value().is_origin());
  EXPECT_FALSE(parse_url("http://localhost:7990/a").value().is_origin());
}

TEST(S87_TerminalAttacks, ControlCharactersAreShownEscaped) {
  EXPECT_EQ(escape_controls("\x1b]8;;http://evil\x07link"), "\\u001b]8;;http://evil\\u0007link");
  EXPECT_EQ(escape_controls("a\r\x7f\b"), "a\\u000d\\u007f\\u0008");
  // A C1 control in UTF-8, the right-to-left override, a zero width blank.
  EXPECT_EQ(escape_controls("\xc2\x9b"
                            "31m"),
            "\\u009b31m");
  EXPECT_EQ(escape_controls("\xe2\x80\xae"
                            "abc"),
            "\\u202eabc");
  EXPECT_EQ(escape_controls("\xe2\x80\x8b"), "\\u200b");
}

TEST(S87_TerminalAttacks, BytesThatAreNoUtf8AreShownAsNumbers) {
  EXPECT_EQ(escape_controls("\xff"), "\\xff");
  EXPECT_EQ(escape_controls("\x9b"
                            "31m"),
            "\\x9b31m");
  EXPECT_EQ(escape_controls("\xc3"), "\\xc3");
  EXPECT_EQ(escape_controls("\xc0\x9b"), "\\xc0\\x9b");
  EXPECT_EQ(escape_controls("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(escape_controls("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(S87_TerminalAttacks, OrdinaryTextStaysAsItIs) {
  EXPECT_EQ(escape_controls("Zoë 🐦\n\tok"), "Zoë 🐦\n\tok");
}

}  // namespace
}  // namespace bbgrant::cli

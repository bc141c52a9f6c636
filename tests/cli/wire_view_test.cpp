// SPDX-License-Identifier: MIT
#include "cli/wire_view.hpp"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bbgrant::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Exchange token_exchange(std::string response_body) {
  Exchange exchange;
  exchange.method = "POST";
  exchange.url = "http://localhost:7990/site/oauth2/access_token";
  exchange.took = std::chrono::milliseconds{41};
  exchange.request.start_line = wire_text("POST /site/oauth2/access_token HTTP/1.1");
  WireHeader authorization{"Authorization", {}};
  authorization.value.push_back(WirePart::plain("Basic "));
  authorization.value.push_back(
      WirePart::hidden(WireKind::kBasicCredentials, Secret{std::string_view{"c2VjcmV0"}}));
  exchange.request.headers.push_back(std::move(authorization));
  exchange.request.body.push_back(WirePart::plain("grant_type=password&username=alice&password="));
  exchange.request.body.push_back(WirePart::hidden(WireKind::kPassword, {}));
  exchange.response.emplace();
  exchange.response->start_line = wire_text("HTTP/1.1 200 OK");
  exchange.response->body.push_back(WirePart::plain(std::move(response_body)));
  exchange.response->body.push_back(
      WirePart::hidden(WireKind::kAccessToken, Secret{std::string_view{"TOKEN-IN-CLEAR"}}));
  return exchange;
}

std::string shown(WireView::Look look, const Exchange& exchange) {
  std::string text;
  WireView view{look, [&](std::string_view piece) { text += piece; }};
  view.credentials_given("alice");
  view.exchange(exchange, WireView::Lane::kAuthorizationServer);
  return text;
}

TEST(WireView, NumbersTheMessagesAndDrawsThemFromLaneToLane) {
  EXPECT_EQ(shown({}, token_exchange("{\"access_token\": \"")), R"(
 o  c  a  r     owner  client  authorization server  resource server
 o-->  |  |   1  alice ********
 |  |  |  |
 |  o-->  |   2  POST http://localhost:7990/site/oauth2/access_token
 |  |  |  |      Authorization: Basic ************
 |  |  |  |
 |  |  |  |      grant_type=password&username=alice&password=********
 |  |  |  |
 |  <--o  |   3  200 OK in 41 ms
 |  |  |  |
 |  |  |  |      {"access_token": "************
 |  |  |  |
)");
}

TEST(WireView, ShowsNoSecretInAnyLook) {
  for (const bool colour : {false, true}) {
    for (const bool unicode : {false, true}) {
      const std::string text =
          shown({.colour = colour, .unicode = unicode, .width = 40}, token_exchange("{}"));
      EXPECT_THAT(text, Not(HasSubstr("TOKEN-IN-CLEAR")));
      EXPECT_THAT(text, Not(HasSubstr("c2VjcmV0")));
    }
  }
}

TEST(WireView, ColoursOnlyWhenAsked) {
  EXPECT_THAT(shown({}, token_exchange("{}")), Not(HasSubstr("\x1b")));
  EXPECT_THAT(shown({.colour = true}, token_exchange("{}")), HasSubstr("\x1b[33m"));
}

TEST(WireView, BreaksLongLinesBehindTheLanes) {
  const std::string text = shown({.width = 60}, token_exchange(std::string(100, 'x') + " end"));
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 68U) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST(WireView, BreaksJsonBehindItsCommas) {
  const std::string text = shown({.width = 60}, token_exchange("{\"a\":\"0123456789\",\"b\":\"012"
                                                               "3456789\",\"c\":\"0123456789\"}"));
  EXPECT_THAT(text, HasSubstr("\"b\":\"0123456789\",\n"));
}

TEST(S87_TerminalAttacks, WhatTheServerSentIsEscapedInTheView) {
  EXPECT_THAT(shown({.colour = true}, token_exchange("\x1b]0;owned\x07")),
              HasSubstr("\\u001b]0;owned\\u0007"));
}

TEST(WireView, SaysWhyNoAnswerCame) {
  Exchange exchange = token_exchange("");
  exchange.response.reset();
  exchange.failure = "nobody listens there";
  EXPECT_THAT(shown({}, exchange), HasSubstr("x nobody listens there in 41 ms"));
}

}  // namespace
}  // namespace bbgrant::cli

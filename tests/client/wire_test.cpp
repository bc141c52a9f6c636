// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using ::testing::HasSubstr;
using ::testing::Not;

/// Keeps what the observer gets.
struct Record {
  std::vector<Exchange> exchanges;
  [[nodiscard]] Options options() {
    return Options{
        .observer = [this](Exchange exchange) { exchanges.push_back(std::move(exchange)); }};
  }
};

TEST(WireObserver, SeesTheBytesThatWentOverTheWire) {
  const ScriptedServer server{answer(200, kTokenAnswer, "X-Extra: yes\r\n")};
  Record record;
  static_cast<void>(client_of(server, record.options()).refresh(secret("RE/FRESH"), {"account"}));

  ASSERT_EQ(record.exchanges.size(), 1U);
  const auto& exchange = record.exchanges[0];
  EXPECT_EQ(exchange.purpose, "refresh");
  EXPECT_EQ(exchange.method, "POST");
  EXPECT_EQ(exchange.url, server.origin() + "/site/oauth2/access_token");
  // True to the byte, also for Host and Content-Length, which libcurl adds.
  const auto sent = server.requests().at(0);
  EXPECT_EQ(revealed(exchange.request).reveal(), sent);
  EXPECT_EQ(exchange.request.head_bytes + exchange.request.body_bytes, sent.size());
  EXPECT_EQ(revealed(*exchange.response).reveal(),
            answer(200, kTokenAnswer, "X-Extra: yes\r\n").bytes);
  EXPECT_EQ(exchange.response->body_bytes, kTokenAnswer.size());
  EXPECT_GT(exchange.took.count(), 0);

  const auto shown = masked(exchange.request) + masked(*exchange.response);
  for (const char* hidden : {"RE%2FFRESH", "a2V5", "\"AT\"", "\"RT\""})
    EXPECT_THAT(shown, Not(HasSubstr(hidden)));
  EXPECT_THAT(shown, HasSubstr("Authorization: Basic ***\r\n"));
  EXPECT_THAT(shown, HasSubstr("\r\nHost: 127.0.0.1"));
  EXPECT_THAT(shown, HasSubstr("\r\nUser-Agent: bbgrant/"));
  EXPECT_THAT(shown, HasSubstr("refresh_token=***&scope=account"));
  EXPECT_THAT(shown, HasSubstr(R"({"access_token":"***","token_type":"bearer")"));
}

TEST(S14_WireObserver, NeverGetsThePassword) {
  const ScriptedServer server{[](const std::string& request) {
    return answer(400,
                  R"({"error":"invalid_grant","error_description":")" + body_of(request) + "\"}");
  }};
  Record record;
  EXPECT_THROW(static_cast<void>(client_of(server, record.options())
                                     .password_grant(Username{"alice"}, secret("alice-password"))),
               OAuthError);
  ASSERT_EQ(record.exchanges.size(), 1U);
  const auto& exchange = record.exchanges[0];
  EXPECT_EQ(exchange.purpose, "password grant");
  for (const WireText* text : {&exchange.request.body, &exchange.response->body})
    for (const auto& part : *text) {
      EXPECT_EQ(part.reveal().find("alice-password"), std::string_view::npos);
      EXPECT_TRUE(part.kind != WireKind::kPassword || part.secret.empty());
    }
  EXPECT_EQ(masked(exchange.request.body), "grant_type=password&username=alice&password=***");
  EXPECT_EQ(revealed(exchange.request).reveal().find("alice-password"), std::string_view::npos);
}

TEST(WireObserver, SeesACallThatFailed) {
  const ScriptedServer server{Scripted{"", Scripted::After::kClose}};
  Record record;
  EXPECT_THROW(static_cast<void>(client_of(server, record.options()).refresh(secret("RT"))),
               TransportError);
  ASSERT_EQ(record.exchanges.size(), 1U);
  EXPECT_FALSE(record.exchanges[0].response);
  EXPECT_THAT(record.exchanges[0].failure, HasSubstr("without a whole answer"));
  EXPECT_THAT(masked(record.exchanges[0].request), HasSubstr("POST /site/oauth2/access_token"));
}

TEST(WireObserver, SeesApiCallsAndHidesTheBearer) {
  const ScriptedServer server{
      answer(200, R"({"echo":"BEARER"})", "Set-Cookie: session=COOKIE\r\n")};
  Record record;
  const ApiClient api{Server::sandbox(server.origin()), record.options()};
  static_cast<void>(api.get("/2.0/user?q=1", secret("BEARER")));
  const auto& exchange = record.exchanges.at(0);
  EXPECT_EQ(exchange.purpose, "GET /2.0/user?q=1");
  EXPECT_EQ(exchange.url, server.origin() + "/2.0/user");
  EXPECT_EQ(revealed(exchange.request).reveal(), server.requests().at(0));
  const auto shown = masked(exchange.request) + masked(*exchange.response);
  EXPECT_THAT(shown, HasSubstr("Authorization: Bearer ***"));
  EXPECT_THAT(shown, Not(HasSubstr("BEARER")));
  EXPECT_THAT(shown, Not(HasSubstr("COOKIE")));
}

TEST(RawTokenExchange, SendsExactlyWhatIsGiven) {
  const ScriptedServer server{answer(405, R"({"error":"invalid_request"})")};
  Record record;
  const auto client = client_of(server, record.options());
  std::vector<WireHeader> headers;
  headers.push_back({"X-Lesson", wire_text("one")});
  const auto response =
      client.raw_token_exchange("PUT", std::move(headers), wire_text("a=b&a=c"), "edited");
  EXPECT_EQ(response.status, 405);
  const auto request = server.requests().at(0);
  EXPECT_EQ(request,
            "PUT /site/oauth2/access_token HTTP/1.1\r\nHost: " + server.origin().substr(7) +
                "\r\nX-Lesson: one\r\nContent-Length: 7\r\n\r\na=b&a=c");
  EXPECT_EQ(revealed(record.exchanges.at(0).request).reveal(), request);
}

TEST(RawTokenExchange, RefusesTheHeadersThatFrameAMessage) {
  const ScriptedServer server{answer(200, "")};
  const auto client = client_of(server);
  for (const char* name : {"host", "Content-length", "Transfer-Encoding", "Connection"}) {
    std::vector<WireHeader> headers;
    headers.push_back({name, wire_text("1")});
    EXPECT_THROW(
        static_cast<void>(client.raw_token_exchange("POST", std::move(headers), {}, "edited")),
        ConfigError);
  }
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace bbgrant

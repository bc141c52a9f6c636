// SPDX-License-Identifier: MIT
#include <chrono>
#include <future>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/raw_client.hpp"
#include "http/test_server.hpp"

namespace bbgrant::http {
namespace {

using std::chrono::milliseconds;
using testing::eventually;
using testing::RawClient;
using testing::send_once;
using testing::TestServer;

constexpr milliseconds kShort{60};

TEST(S52_SlowClients, HeaderThatNeverEndsIsClosed) {
  TestServer server{[](ServerOptions& options, Router&) { options.limits.header_time = kShort; }};
  RawClient client{server.port()};
  client.send("GET /hello HTTP/1.1\r\nHost: local");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST(S52_SlowClients, HeaderThatDripsIsClosedAllTheSame) {
  TestServer server{
      [](ServerOptions& options, Router&) { options.limits.header_time = milliseconds{150}; }};
  RawClient client{server.port()};
  client.send("GET /hello HTTP/1.1\r\n");
  // Each line would begin the wait anew, if the time counted from the last byte.
  std::optional<int> status;
  const auto begin = std::chrono::steady_clock::now();
  auto answer = std::async(std::launch::async, [&client] { return client.read_answer(); });
  while (answer.wait_for(milliseconds{20}) != std::future_status::ready &&
         std::chrono::steady_clock::now() - begin < std::chrono::seconds{3}) {
    client.send("X: y\r\n");
  }
  const auto got = answer.get();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 408);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{2});
}

TEST(S52_SlowClients, BodyThatNeverEndsIsClosed) {
  TestServer server{[](ServerOptions& options, Router&) { options.limits.body_time = kShort; }};
  RawClient client{server.port()};
  client.send(server.request("POST /echo", "Content-Length: 10\r\n") + "abc");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST(S52_SlowClients, IdleConnectionIsClosedWithoutAWord) {
  TestServer server{[](ServerOptions& options, Router&) { options.limits.idle_time = kShort; }};
  RawClient fresh{server.port()};
  EXPECT_TRUE(fresh.is_closed_by_peer());
  RawClient used{server.port()};
  used.send(server.request("GET /hello"));
  ASSERT_TRUE(used.read_answer());
  EXPECT_TRUE(used.is_closed_by_peer());
}

TEST(S52_SlowClients, ReaderThatStopsIsCut) {
  TestServer server{[](ServerOptions& options, Router& router) {
    options.limits.write_time = kShort;
    router.add(Method::kGet, "/large", [](Request&) -> boost::asio::awaitable<Response> {
      co_return Response::text(200, std::string(32 * 1024 * 1024, 'x'));
    });
  }};
  RawClient client{server.port()};
  client.shrink_receive_buffer();
  client.send(server.request("GET /large"));
  ASSERT_TRUE(eventually([&] { return server.server.open_connections() == 1; }));
  EXPECT_TRUE(eventually([&] { return server.server.open_connections() == 0; }));
}

TEST(S52_SlowClients, OneAddressHoldsNoMoreThanItsShare) {
  TestServer server{
      [](ServerOptions& options, Router&) { options.limits.max_connections_per_address = 1; }};
  RawClient one{server.port()};
  one.send(server.request("GET /hello"));
  ASSERT_TRUE(one.read_answer());
  RawClient two{server.port()};
  const auto turned_away = two.read_answer();
  EXPECT_EQ(turned_away->status, 503);
  EXPECT_EQ(turned_away->header("Retry-After"), "1");
  EXPECT_EQ(turned_away->header("X-Content-Type-Options"), "nosniff");  // S90
  // Others are still served.
  RawClient other{server.port(), "::1"};
  other.send(server.request("GET /hello"));
  EXPECT_EQ(other.read_answer()->status, 200);
}

int status_of_target(const TestServer& server, std::size_t length) {
  std::string path = "/path/";
  path.append(length - path.size(), 'x');
  return send_once(server.port(), server.request("GET " + path)).value().status;
}

TEST(S54_Oversize, TargetOver8KilobytesIs414) {
  TestServer server;
  EXPECT_EQ(status_of_target(server, 8 * 1024 - 1), 200);
  EXPECT_EQ(status_of_target(server, 8 * 1024), 200);
  EXPECT_EQ(status_of_target(server, 8 * 1024 + 1), 414);
  EXPECT_EQ(status_of_target(server, 64 * 1024), 414);
}

int status_of_headers(const TestServer& server, std::size_t bytes) {
  std::string headers;
  const std::size_t host =
      std::string{"Host: localhost:\r\n"}.size() + std::to_string(server.port()).size();
  const std::size_t room = bytes - host;
  headers = "X: " + std::string(room - 5, 'y') + "\r\n";
  EXPECT_EQ(headers.size(), room);
  return send_once(server.port(), server.request("GET /hello", headers)).value().status;
}

TEST(S54_Oversize, HeadersOver16KilobytesAre431) {
  TestServer server;
  EXPECT_EQ(status_of_headers(server, 16 * 1024 - 1), 200);
  EXPECT_EQ(status_of_headers(server, 16 * 1024), 200);
  EXPECT_EQ(status_of_headers(server, 16 * 1024 + 1), 431);
  EXPECT_EQ(status_of_headers(server, 128 * 1024), 431);
}

int status_of_fields(const TestServer& server, std::size_t count) {
  std::string headers;
  for (std::size_t i = 1; i < count; ++i) headers += "X: y\r\n";  // one is Host
  return send_once(server.port(), server.request("GET /hello", headers)).value().status;
}

TEST(S54_Oversize, MoreThan100HeaderFieldsAre431) {
  TestServer server;
  EXPECT_EQ(status_of_fields(server, 99), 200);
  EXPECT_EQ(status_of_fields(server, 100), 200);
  EXPECT_EQ(status_of_fields(server, 101), 431);
}

TEST(S54_Oversize, BodyOverTheLimitOfItsRouteIs413) {
  TestServer server;
  for (const std::size_t size : {999U, 1000U}) {
    const auto answer =
        send_once(server.port(), server.request("POST /echo", "", std::string(size, 'x')));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << size;
    EXPECT_EQ(answer->body.size(), size);
  }
  const auto answer =
      send_once(server.port(), server.request("POST /echo", "", std::string(1001, 'x')));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
}

TEST(S54_Oversize, ChunkedBodyOverTheLimitOfItsRouteIs413) {
  TestServer server;
  const std::string chunk = "1f4\r\n" + std::string(500, 'x') + "\r\n";
  const std::string head = server.request("POST /echo", "Transfer-Encoding: chunked\r\n");
  EXPECT_EQ(send_once(server.port(), head + chunk + chunk + "0\r\n\r\n")->status, 200);
  EXPECT_EQ(send_once(server.port(), head + chunk + chunk + "1\r\nx\r\n0\r\n\r\n")->status, 413);
  EXPECT_EQ(send_once(server.port(), head + "ffffffffffffffff\r\n")->status, 413);
}

TEST(S54_Oversize, TooLargeBodyIsRefusedBeforeItIsSent) {
  TestServer server;
  RawClient client{server.port()};
  client.send(server.request("POST /echo", "Content-Length: 1001\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.read_answer()->status, 413);
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST(S54_Oversize, ExpectedContinueIsSentOnceTheBodyIsWanted) {
  TestServer server;
  RawClient client{server.port()};
  client.send(server.request("POST /echo", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.read_answer()->status, 100);
  client.send("abc");
  EXPECT_EQ(client.read_answer()->body, "abc");
}

TEST(S54_Oversize, EndlessChunkExtensionIsRefused) {
  TestServer server;
  RawClient client{server.port()};
  client.send(server.request("POST /echo", "Transfer-Encoding: chunked\r\n") +
              "1;x=" + std::string(256 * 1024, 'y'));
  EXPECT_EQ(client.read_answer()->status, 400);
}

}  // namespace
}  // namespace bbgrant::http

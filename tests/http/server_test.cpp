// SPDX-License-Identifier: MIT
#include "http/server.hpp"

#include <chrono>
#include <future>
#include <thread>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/metrics.hpp"
#include "http/metrics.hpp"
#include "http/raw_client.hpp"
#include "http/test_server.hpp"

namespace bbgrant::http {
namespace {

using testing::eventually;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using testing::send_once;
using testing::TestServer;

boost::asio::awaitable<Response> wait_for_ever(Request&) {
  boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor};
  timer.expires_after(std::chrono::hours{1});
  co_await timer.async_wait(boost::asio::use_awaitable);
  co_return Response::text(200, "late");
}

TEST(Server, AnswersOnBothLoopbackAddressesOfOnePort) {
  TestServer server;
  for (const char* address : {"127.0.0.1", "::1"}) {
    RawClient client{server.port(), address};
    ASSERT_TRUE(client.connected()) << address;
    client.send(server.request("GET /hello"));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer) << address;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "hello");
  }
}

TEST(Server, SecondServerOnThePortFailsAndSaysWhatToDo) {
  TestServer first;
  base::EventLoops loops{"second", 1};
  ServerOptions options;
  options.name = "second";
  options.port = first.port();
  Server second{options, Router{}, loops, first.log, first.clock};
  try {
    second.start();
    FAIL() << "a port was shared";
  } catch (const base::StartError& error) {
    EXPECT_THAT(error.what(), HasSubstr("port " + std::to_string(first.port()) + " is in use"));
    EXPECT_THAT(error.what(), HasSubstr("choose another port"));
  }
  EXPECT_EQ(send_once(first.port(), first.request("GET /hello"))->status, 200);
}

TEST(Server, PortIsFreeAgainAfterStop) {
  std::uint16_t port = 0;
  {
    TestServer server;
    port = server.port();
    EXPECT_EQ(send_once(port, server.request("GET /hello"))->status, 200);
  }
  TestServer again{[port](ServerOptions& options, Router&) { options.port = port; }};
  EXPECT_EQ(again.port(), port);
  EXPECT_EQ(send_once(port, again.request("GET /hello"))->status, 200);
}

TEST(Server, NameInPlaceOfAnAddressIsRefusedBeforeItListens) {
  EXPECT_THROW(
      TestServer([](ServerOptions& options, Router&) { options.listen_addresses = {"localhost"}; }),
      base::StartError);
  EXPECT_THROW(TestServer([](ServerOptions& options, Router&) {
                 options.trusted_proxies = {"10.0.0.0/33"};
               }),
               base::StartError);
  EXPECT_THROW(TestServer([](ServerOptions& options, Router&) {
                 options.tls_certificate_file = "only-one.pem";
               }),
               base::StartError);
}

TEST(Server, KeepsTheConnectionOpenForTheNextRequest) {
  TestServer server;
  RawClient client{server.port()};
  for (int i = 0; i < 3; ++i) {
    client.send(server.request("POST /echo", "", "body " + std::to_string(i)));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "body " + std::to_string(i));
    EXPECT_FALSE(answer->header("Connection"));
  }
  EXPECT_EQ(server.server.open_connections(), 1U);
}

TEST(Server, ClosesWhenTheClientAsksForIt) {
  TestServer server;
  RawClient client{server.port()};
  client.send(server.request("GET /hello", "Connection: close\r\n"));
  EXPECT_EQ(client.read_answer()->header("Connection"), "close");
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST(Server, Http10ClosesUnlessKeepAliveIsAsked) {
  TestServer server;
  const std::string host = "Host: localhost:" + std::to_string(server.port()) + "\r\n";
  RawClient one{server.port()};
  one.send("GET /hello HTTP/1.0\r\n" + host + "\r\n");
  EXPECT_EQ(one.read_answer()->header("Connection"), "close");
  EXPECT_TRUE(one.is_closed_by_peer());

  RawClient two{server.port()};
  for (int i = 0; i < 2; ++i) {
    two.send("GET /hello HTTP/1.0\r\n" + host + "Connection: keep-alive\r\n\r\n");
    EXPECT_EQ(two.read_answer()->header("Connection"), "keep-alive");
  }
}

TEST(Server, ClientThatHalfClosesStillGetsItsAnswer) {
  TestServer server;
  RawClient client{server.port()};
  client.send(server.request("GET /hello"));
  client.half_close();
  EXPECT_EQ(client.read_answer()->body, "hello");
}

TEST(Server, RequestInSingleBytesIsOneRequest) {
  TestServer server;
  RawClient client{server.port()};
  for (const char byte : server.request("POST /echo", "", "abc")) client.send({&byte, 1});
  EXPECT_EQ(client.read_answer()->body, "abc");
}

TEST(Server, ChunkedBodyIsReadWhole) {
  TestServer server;
  RawClient client{server.port()};
  client.send(server.request("POST /echo", "Transfer-Encoding: chunked\r\n") +
              "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nHost: trailer.example\r\n\r\n" +
              server.request("GET /hello"));
  EXPECT_EQ(client.read_answer()->body, "abcdefg");
  EXPECT_EQ(client.read_answer()->body, "hello");
}

TEST(Server, StopLetsASlowHandlerFinish) {
  std::promise<void> begun;
  TestServer server{[&begun](ServerOptions&, Router& router) {
    router.add(Method::kGet, "/slow", [&begun](Request&) -> boost::asio::awaitable<Response> {
      boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor};
      timer.expires_after(std::chrono::milliseconds{150});
      begun.set_value();
      co_await timer.async_wait(boost::asio::use_awaitable);
      co_return Response::text(200, "done");
    });
  }};
  RawClient idle{server.port()};
  idle.send(server.request("GET /hello"));
  ASSERT_TRUE(idle.read_answer());
  RawClient client{server.port()};
  client.send(server.request("GET /slow"));
  begun.get_future().wait();
  std::thread stopper{[&server] { server.server.stop(std::chrono::seconds{5}); }};
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "done");
  EXPECT_EQ(answer->header("Connection"), "close");
  EXPECT_TRUE(idle.is_closed_by_peer());
  client.close();
  stopper.join();
  EXPECT_EQ(server.server.open_connections(), 0U);
  EXPECT_FALSE(RawClient{server.port()}.connected());
}

TEST(Server, StopCutsWhatOutlivesItsGrace) {
  TestServer server{
      [](ServerOptions&, Router& router) { router.add(Method::kGet, "/never", wait_for_ever); }};
  RawClient client{server.port()};
  client.send(server.request("GET /never"));
  ASSERT_TRUE(eventually([&] { return server.server.open_connections() == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  server.server.stop(std::chrono::milliseconds{50});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{1});
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST(Server, HandlerThatTakesTooLongIsCancelledWith503) {
  TestServer server{[](ServerOptions& options, Router& router) {
    options.limits.handler_time = std::chrono::milliseconds{50};
    router.add(Method::kGet, "/never", wait_for_ever);
  }};
  const auto answer = send_once(server.port(), server.request("GET /never"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->header("Retry-After"), "1");
}

TEST(S56_OverloadByHashing, HandlerOfAClientThatWentAwayIsCancelled) {
  std::promise<void> begun;
  std::promise<bool> ended;
  TestServer server{[&](ServerOptions&, Router& router) {
    router.add(Method::kGet, "/never", [&](Request&) -> boost::asio::awaitable<Response> {
      boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor};
      timer.expires_after(std::chrono::hours{1});
      begun.set_value();
      bool cancelled = false;
      try {
        co_await timer.async_wait(boost::asio::use_awaitable);
      } catch (const boost::system::system_error&) {
        cancelled = true;
      }
      ended.set_value(cancelled);
      co_return Response::text(200, "late");
    });
  }};
  RawClient client{server.port()};
  client.send(server.request("GET /never"));
  begun.get_future().wait();
  client.close();
  auto cancelled = ended.get_future();
  ASSERT_EQ(cancelled.wait_for(std::chrono::seconds{5}), std::future_status::ready);
  EXPECT_TRUE(cancelled.get());
  EXPECT_TRUE(eventually([&] { return server.server.open_connections() == 0; }));
}

TEST(Server, LogsEachRequestOnceByPatternWithoutPathQueryOrHeaders) {
  TestServer server;
  RawClient client{server.port()};
  client.send(server.request("GET /path/PathValue?query=QueryValue", "X-Test: HeaderValue\r\n"));
  ASSERT_TRUE(client.read_answer());
  ASSERT_TRUE(eventually([&] { return server.lines.count({"\"event\":\"request\""}) == 1; }));
  EXPECT_EQ(server.lines.count({"\"route\":\"/path/{one}\"", "\"status\":200", "\"method\":\"GET\"",
                                "\"address\":\"127.0.0.1\"", "\"id\":\""}),
            1U);
  for (const char* secret : {"PathValue", "QueryValue", "HeaderValue"}) {
    EXPECT_THAT(server.lines.all(), Not(HasSubstr(secret)));
  }
}

TEST(S51_LabelsPileUp, CountersHaveOneRowForEachRouteAndOneForTheRest) {
  TestServer server;
  for (const char* path : {"/path/a", "/path/b", "/nowhere/1", "/nowhere/2"}) {
    ASSERT_TRUE(send_once(server.port(), server.request(std::string{"GET "} + path)));
  }
  ASSERT_TRUE(send_once(server.port(), server.request("POST /path/a")));
  const auto counts = server.server.counts();
  ASSERT_EQ(counts.size(), 7U);
  for (const RouteCount& count : counts) {
    if (count.route == "/path/{one}") {
      EXPECT_EQ(count.by_class[2], 2U);
    } else if (count.route.empty()) {
      EXPECT_EQ(count.by_class[4], 3U);
    }
  }
}

TEST(S51_Labels, MetricsNameRoutesByTheirPatternAndNothingElse) {
  TestServer server;
  ASSERT_TRUE(send_once(server.port(), server.request("GET /path/secret-name")));
  ASSERT_TRUE(send_once(server.port(), server.request("GET /unknown/secret-name")));
  Request request;
  request.remote_address = "::1";
  const Response answer = metrics_answer(server.server, "test", request, MetricsFor::kLoopback);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.find("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(answer.body.find("bbgrant_http_requests_total{server=\"test\",route=\"/path/{one}\","
                             "status=\"2xx\"} 1\n"),
            std::string::npos)
      << answer.body;
  EXPECT_EQ(answer.body.find("secret-name"), std::string::npos);
}

TEST(S51_Labels, MetricsAreForThisMachineUnlessToldOtherwise) {
  const TestServer server;
  Request request;
  for (const char* address : {"10.0.0.1", "192.0.2.127", "2001:db8::1", "::ffff:10.0.0.1", ""}) {
    request.remote_address = address;
    EXPECT_EQ(metrics_answer(server.server, "x", request, MetricsFor::kLoopback).status, 404);
    EXPECT_EQ(metrics_answer(server.server, "x", request, MetricsFor::kEverybody).status, 200);
  }
}

TEST(S57_Death, ServerAnswersAgainAfterItRanOutOfConnections) {
  TestServer server{[](ServerOptions& options, Router&) { options.limits.max_connections = 2; }};
  RawClient one{server.port()};
  one.send(server.request("GET /hello"));
  ASSERT_TRUE(one.read_answer());
  RawClient two{server.port()};
  two.send(server.request("GET /hello"));
  ASSERT_TRUE(two.read_answer());
  RawClient three{server.port()};
  const auto refused = three.read_answer();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(three.is_closed_by_peer());
  one.close();
  EXPECT_TRUE(eventually([&] {
    const auto answer = send_once(server.port(), server.request("GET /hello"));
    return answer && answer->status == 200;
  }));
}

}  // namespace
}  // namespace bbgrant::http

// SPDX-License-Identifier: MIT
#include <fstream>
#include <future>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// The fault of a password grant against a server that misbehaves.
TransportFault fault_of(const ScriptedServer& server, std::chrono::milliseconds timeout = 10s) {
  try {
    static_cast<void>(
        client_of(server).password_grant(Username{"alice"}, secret("pw"), {}, timeout));
  } catch (const TransportError& error) {
    EXPECT_TRUE(error.sent());
    EXPECT_THAT(error.what(), HasSubstr(server.origin()));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("pw")));
    return error.fault();
  }
  ADD_FAILURE() << "answered";
  return {};
}

std::string head(const std::string& more) { return "HTTP/1.1 200 OK\r\n" + more; }

TEST(S40_HostileServer, TokenAnswerOverOneMebibyteIsTooLarge) {
  const ScriptedServer server{answer(200, std::string((1U << 20U) + 1, ' '))};
  EXPECT_EQ(fault_of(server), TransportFault::kTooLarge);
}

TEST(S40_HostileServer, EndlessBodyIsTooLarge) {
  const ScriptedServer server{
      Scripted{head("\r\n") + std::string(4U << 20U, ' '), Scripted::After::kStall}};
  EXPECT_EQ(fault_of(server), TransportFault::kTooLarge);
}

TEST(S40_HostileServer, ManyHeadersAreTooLarge) {
  std::string headers;
  for (int i = 0; i < 4000; ++i)
    headers += "X-" + std::to_string(i) + ": " + std::string(80, 'x') + "\r\n";
  const ScriptedServer server{Scripted{head(headers + "\r\n"), Scripted::After::kClose}};
  EXPECT_EQ(fault_of(server), TransportFault::kTooLarge);
}

TEST(S40_HostileServer, OneEndlessHeaderEnds) {
  const ScriptedServer server{
      Scripted{head("X: " + std::string(2U << 20U, 'x')), Scripted::After::kStall}};
  const auto fault = fault_of(server);
  EXPECT_TRUE(fault == TransportFault::kTooLarge || fault == TransportFault::kBroken);
}

TEST(S40_HostileServer, StalledBodyTimesOut) {
  const ScriptedServer server{
      Scripted{head("Content-Length: 100\r\n\r\n{"), Scripted::After::kStall}};
  EXPECT_EQ(fault_of(server, 200ms), TransportFault::kTimeout);
}

TEST(S40_HostileServer, SilenceTimesOut) {
  const ScriptedServer server{Scripted{"", Scripted::After::kStall}};
  EXPECT_EQ(fault_of(server, 200ms), TransportFault::kTimeout);
}

TEST(S40_HostileServer, TruncatedBodyIsBroken) {
  const ScriptedServer server{
      Scripted{head("Content-Length: 100\r\n\r\n{"), Scripted::After::kClose}};
  EXPECT_EQ(fault_of(server), TransportFault::kBroken);
}

TEST(S40_HostileServer, WhatIsNotHttpIsBroken) {
  const ScriptedServer server{Scripted{"SSH-2.0-OpenSSH_9\r\n", Scripted::After::kClose}};
  EXPECT_EQ(fault_of(server), TransportFault::kBroken);
}

TEST(S40_HostileServer, CompressedBombIsTooLarge) {
  // 4 MiB of zeros.
  const std::string bomb = [] {
    std::ifstream file(std::string{BBGRANT_SOURCE_DIR} + "/tests/client/zeros.gz",
                       std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  ASSERT_FALSE(bomb.empty());
  const ScriptedServer server{answer(200, bomb, "Content-Encoding: gzip\r\n")};
  Options options;
  options.api_body_limit = 1U << 20U;
  const ApiClient api{Server::sandbox(server.origin()), options};
  try {
    static_cast<void>(api.get("/2.0/user", secret("AT")));
    FAIL() << "taken";
  } catch (const TransportError& error) {
    EXPECT_EQ(error.fault(), TransportFault::kTooLarge);
  }
}

TEST(CurlTransport, NobodyListening) {
  std::string origin;
  {
    origin = ScriptedServer{answer(200, "")}.origin();
  }
  const Client client{Server::sandbox(origin), ConsumerKey{"key"}, Secret{}};
  try {
    static_cast<void>(client.password_grant(Username{"alice"}, secret("pw")));
    FAIL() << "answered";
  } catch (const TransportError& error) {
    EXPECT_EQ(error.fault(), TransportFault::kConnect);
    EXPECT_FALSE(error.sent());
    EXPECT_EQ(error.url(), origin + "/site/oauth2/access_token");
  }
}

TEST(CurlTransport, StopTokenEndsAWaitingCallAtOnce) {
  std::promise<void> arrived;
  const ScriptedServer server{[&arrived](const std::string&) {
    arrived.set_value();
    return Scripted{"", Scripted::After::kStall};
  }};
  std::stop_source stop;
  auto call = std::async(std::launch::async, [&] {
    try {
      static_cast<void>(client_of(server).password_grant(Username{"alice"}, secret("pw"), {}, 60s,
                                                         stop.get_token()));
    } catch (const TransportError& error) {
      return error.fault();
    }
    return TransportFault::kBroken;
  });
  arrived.get_future().wait();
  const auto start = std::chrono::steady_clock::now();
  stop.request_stop();
  EXPECT_EQ(call.get(), TransportFault::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 500ms);
}

TEST(CurlTransport, AStopTokenThatWasUsedBeforeSendsNothing) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(static_cast<void>(client_of(server).password_grant(Username{"alice"}, secret("pw"),
                                                                  {}, 60s, stop.get_token())),
               TransportError);
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlTransport, KeepsConnectionsForSafeCalls) {
  const ScriptedServer server{answer(200, "{}")};
  const ApiClient api{Server::sandbox(server.origin())};
  for (int i = 0; i < 5; ++i) static_cast<void>(api.get("/2.0/user", secret("AT")));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.requests().size(), 5U);
}

TEST(CurlTransport, ServesManyThreads) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  const auto client = client_of(server);
  std::vector<std::thread> threads;
  std::atomic<int> tokens = 0;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&] {
      for (int call = 0; call < 4; ++call)
        if (client.password_grant(Username{"alice"}, secret("pw")).access_token.reveal() == "AT")
          ++tokens;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(tokens, 64);
  EXPECT_EQ(server.requests().size(), 64U);
}

TEST(S86_Proxy, SeesConnectButNoHeaderOfTheServer) {
  const ScriptedServer proxy{answer(403, "")};
  Options options;
  options.curl.proxy = proxy.origin();
  options.allow_plain_http = true;
  for (const char* origin : {"https://server.example", "http://server.example"}) {
    const Client client{Server::sandbox(origin), ConsumerKey{"key"}, secret("s"), options};
    EXPECT_THROW(static_cast<void>(client.password_grant(Username{"alice"}, secret("pw"))),
                 TransportError);
  }
  const auto requests = proxy.requests();
  ASSERT_EQ(requests.size(), 2U);
  for (const auto& request : requests) {
    EXPECT_THAT(request, ::testing::StartsWith("CONNECT server.example:"));
    EXPECT_THAT(request, ::testing::Not(HasSubstr("Authorization")));
  }
}

TEST(S86_Proxy, IsNotUsedForLoopback) {
  const ScriptedServer proxy{answer(403, "")};
  const ScriptedServer server{answer(200, kTokenAnswer)};
  Options options;
  options.curl.proxy = proxy.origin();
  static_cast<void>(client_of(server, options).password_grant(Username{"alice"}, secret("pw")));
  EXPECT_EQ(proxy.connections(), 0);
}

/// Answers without a network, as people's own tests do.
class Canned final : public Transport {
 public:
  HttpResponse send(const HttpRequest& request) override {
    last_url = request.url;
    return {.status = 200, .start_line = "HTTP/1.1 200 OK", .body = kTokenAnswer};
  }
  std::string last_url;
};

TEST(Transport, CanBeReplaced) {
  const auto canned = std::make_shared<Canned>();
  const Client client{
      Server::bitbucket(), ConsumerKey{"key"}, secret("s"),
      Options{.transport = canned, .clock = [] { return std::chrono::sys_seconds{1s}; }}};
  EXPECT_EQ(client.refresh(secret("RT")).expires_at(), std::chrono::sys_seconds{7201s});
  EXPECT_EQ(canned->last_url, "https://bitbucket.org/site/oauth2/access_token");
}

}  // namespace
}  // namespace bbgrant

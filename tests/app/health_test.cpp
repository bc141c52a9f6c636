// SPDX-License-Identifier: MIT
#include "app/health.hpp"

#include <chrono>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/url_parts.hpp"
#include "base/start_error.hpp"
#include "running_app.hpp"

namespace bbgrant::app {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

Page health(const std::string& origin) { return Visitor{origin}.get("/healthcheck"); }

TEST(Healthcheck, PassesWhileTheSandboxAnswers) {
  const AppWithSandbox both;
  const Page page = health(both.running->origin());
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Content-Type"), "application/health+json");
  const json body = json::parse(page.body);
  EXPECT_EQ(body["status"], "pass");
  EXPECT_EQ(body["version"], kVersion);
  EXPECT_GE(body["uptime"].get<int>(), 0);
  EXPECT_EQ(body["checks"].begin().value()[0]["status"], "pass");
  EXPECT_EQ(page.header("Set-Cookie"), "");
}

TEST(Healthcheck, FailsNamingTheServerOnceItIsGone) {
  AppWithSandbox both;
  both.sandbox.stop();
  // The server is looked at once a second: ask until that has happened.
  Page page;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  do {
    page = health(both.running->origin());
    std::this_thread::yield();
  } while (page.status == 200 && std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(page.status, 503);
  const json body = json::parse(page.body);
  EXPECT_EQ(body["status"], "fail");
  EXPECT_THAT(body["output"], HasSubstr("authorization-server: "));
  EXPECT_THAT(body["output"], HasSubstr("/healthcheck"));
}

TEST(S94_ServerAddress, AHostThatBeginsWithAnIpAddressIsRefusedBeforeAnythingListens) {
  for (const char* origin :
       {"http://127.0.0.1.x", "http://127.0.0.1.evil.example", "ftp://localhost"}) {
    AppOptions options;
    options.server = Server::sandbox(origin);
    options.port = 0;
    EXPECT_THROW(RunningApp{std::move(options)}, base::StartError) << origin;
  }
}

TEST(Healthcheck, OnlyLoopbackServersAreLookedAt) {
  EXPECT_TRUE(is_loopback("http://localhost:7990/healthcheck"));
  EXPECT_TRUE(is_loopback("http://127.0.0.1:7990/"));
  EXPECT_TRUE(is_loopback("http://127.8.8.8/"));
  EXPECT_TRUE(is_loopback("http://[::1]:7990/"));
  EXPECT_FALSE(is_loopback("https://bitbucket.org/"));
  EXPECT_FALSE(is_loopback("http://localhost.evil.example/"));
  EXPECT_FALSE(is_loopback("http://169.254.169.254/"));
  EXPECT_FALSE(is_loopback("http://127.0.0.1.evil.example/"));
  EXPECT_FALSE(is_loopback("http://127.0.0.1.x"));
  EXPECT_FALSE(is_loopback(""));
}

}  // namespace
}  // namespace bbgrant::app

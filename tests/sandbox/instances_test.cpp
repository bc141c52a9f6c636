// SPDX-License-Identifier: MIT
// Several instances on one PostgreSQL database, and what they say while it is away.
#include <chrono>
#include <filesystem>
#include <latch>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "authorization/seal.hpp"
#include "base/start_error.hpp"
#include "sandbox/page_visitor.hpp"
#include "sandbox/running_sandbox.hpp"
#include "support/postgres_server.hpp"

namespace bbgrant::sandbox {
namespace {

using bbgrant::testing::PostgresServer;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::PageVisitor;
using testing::RawAnswer;
using testing::RunningSandbox;

namespace fs = std::filesystem;

constexpr const char* kTokenPath = "/site/oauth2/access_token";
constexpr const char* kCliConsumer = "bbgrantDemoCliKey";

std::string sign_in(const std::string& name, const std::string& password) {
  return "grant_type=password&username=" + name + "&password=" + password;
}

class PostgresInstances : public ::testing::Test {
 protected:
  explicit PostgresInstances(PostgresServer& on) : server(on), url(on.new_store_url()) {
    std::string pattern = (fs::temp_directory_path() / "bbgrant-key-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  PostgresInstances() : PostgresInstances(PostgresServer::shared()) {}
  ~PostgresInstances() override { fs::remove_all(folder); }

  Options options() {
    auto made = testing::test_options();
    made.store = url;
    made.key_file = (folder / "secret.key").string();
    return made;
  }

  /// Why it does not start.
  static std::string refusal(Options made) {
    try {
      const RunningSandbox refused{std::move(made)};
    } catch (const base::StartError& error) {
      return error.what();
    }
    return "started";
  }

  static std::string refresh(const nlohmann::json& tokens) {
    return "grant_type=refresh_token&refresh_token=" +
           tokens.at("refresh_token").get<std::string>();
  }

  PostgresServer& server;
  const std::string url;
  fs::path folder;
};

TEST_F(PostgresInstances, S29_ATokenOfOneIsGoodAtTheOtherAndDeadAtOnceWhenRevoked) {
  RunningSandbox one{options()};
  RunningSandbox two{options()};
  for (int round = 0; round < 10; ++round) {
    const auto token = one.token("alice");
    ASSERT_EQ(two.get("/2.0/user", token).status, 200);
    ASSERT_EQ(two.post("/site/oauth2/revoke", "token=" + token).status, 200);
    ASSERT_EQ(one.get("/2.0/user", token).status, 401);
    ASSERT_EQ(two.get("/2.0/user", token).status, 401);
  }
}

TEST_F(PostgresInstances, S10_TheThrottleIsSharedAndOutlivesARestart) {
  const auto right = sign_in("alice", "alice-password");
  {
    RunningSandbox one{options()};
    RunningSandbox two{options()};
    // Until the block outlives this test.
    for (std::chrono::seconds block{}; block < std::chrono::minutes{2};) {
      const auto refused = one.post(kTokenPath, sign_in("alice", "wrong"));
      if (refused.status != 429) continue;
      one.sandbox.clock().advance(block);
      block = std::chrono::seconds{std::stoi(refused.header("Retry-After").value())};
    }
    one.sandbox.share_throttle();
    two.sandbox.share_throttle();
    const auto refused = two.post(kTokenPath, right);
    EXPECT_EQ(refused.status, 429) << "nobody has failed at this one";
    EXPECT_TRUE(refused.header("Retry-After"));
  }
  RunningSandbox next{options()};
  EXPECT_EQ(next.post(kTokenPath, right).status, 429);
}

/// Asks for tokens as this consumer.
RawAnswer ask(RunningSandbox& at, const std::string& form, const std::string& consumer = "app") {
  return at.send(std::string{"POST "} + kTokenPath,
                 "Content-Type: application/x-www-form-urlencoded\r\n",
                 form + "&client_secret=secret&client_id=" + consumer);
}

nlohmann::json body_of(const RawAnswer& answer) {
  return nlohmann::json::parse(answer.body, nullptr, false);
}

/// Asks 64 times at the same moment, in turn at one and the other: what the good answers hold.
std::vector<nlohmann::json> ask_64_at_once(RunningSandbox& one, RunningSandbox& two,
                                           const std::string& form,
                                           const std::string& consumer = "app") {
  constexpr int kTimes = 64;
  std::vector<RawAnswer> answers(kTimes);
  std::vector<std::thread> callers;
  std::latch ready{kTimes};
  for (auto& answer : answers) {
    auto& at = callers.size() % 2 == 0 ? one : two;
    callers.emplace_back([&] {
      ready.arrive_and_wait();
      answer = ask(at, form, consumer);
    });
  }
  for (auto& caller : callers) caller.join();
  std::vector<nlohmann::json> bodies;
  for (const auto& answer : answers) {
    EXPECT_THAT(answer.status, AnyOf(200, 400)) << answer.body;
    if (answer.status == 200) bodies.push_back(body_of(answer));
  }
  return bodies;
}

TEST_F(PostgresInstances, S20_OneOf64AtOnceGetsATokenForTheCodeAndTheOthersEndIt) {
  RunningSandbox one{options()};
  RunningSandbox two{options()};
  PageVisitor visitor{one};
  const auto form = "grant_type=authorization_code&code=" + visitor.allow().at("code");
  const auto good = ask_64_at_once(one, two, form);
  ASSERT_EQ(good.size(), 1U);
  for (auto* at : {&one, &two}) {
    EXPECT_EQ(at->get("/2.0/user", good[0].at("access_token").get<std::string>()).status, 401);
    EXPECT_EQ(at->post(kTokenPath, refresh(good[0])).status, 400);
  }
}

TEST_F(PostgresInstances, S27_64AtOnceWithOneRotatingRefreshTokenGetOneSuccessor) {
  RunningSandbox one{options()};
  RunningSandbox two{options()};
  const std::string today = "app-today";
  const auto code = PageVisitor{one}.allow({{"client_id", today}}).at("code");
  const auto first = body_of(ask(one, "grant_type=authorization_code&code=" + code, today));
  const auto good = ask_64_at_once(one, two, refresh(first), today);
  ASSERT_EQ(good.size(), 64U) << "a lost answer can be asked for again";
  std::set<std::string> successors;
  std::set<std::string> tokens;
  for (const auto& body : good) {
    successors.insert(body.at("refresh_token"));
    tokens.insert(body.at("access_token"));
  }
  EXPECT_EQ(successors.size(), 1U);
  EXPECT_EQ(tokens.size(), 64U);
  EXPECT_FALSE(successors.contains(first.at("refresh_token")));
  EXPECT_EQ(two.get("/2.0/user", *tokens.begin()).status, 200);

  two.sandbox.clock().advance(std::chrono::minutes{9});
  EXPECT_EQ(body_of(ask(two, refresh(first), today)).at("refresh_token"), *successors.begin());
  two.sandbox.clock().advance(std::chrono::minutes{2});
  EXPECT_EQ(ask(two, refresh(first), today).status, 400) << "beyond the grace";
  EXPECT_EQ(ask(one, refresh(good[0]), today).status, 400) << "the family is dead";
  EXPECT_EQ(one.get("/2.0/user", *tokens.begin()).status, 401);
}

TEST_F(PostgresInstances, S27_64AtOnceWithOneRefreshTokenThatStaysAllGetATokenOfTheirOwn) {
  RunningSandbox one{options()};
  RunningSandbox two{options()};
  const auto first = body_of(one.post(kTokenPath, sign_in("alice", "alice-password")));
  std::set<std::string> tokens;
  for (const auto& body : ask_64_at_once(one, two, refresh(first))) {
    EXPECT_EQ(body.at("refresh_token"), first.at("refresh_token"));
    tokens.insert(body.at("access_token"));
  }
  EXPECT_EQ(tokens.size(), 64U);
}

TEST_F(PostgresInstances, S31_WhatEndsTokensAtOneEndsThemAtTheOther) {
  auto steered = options();
  steered.control = true;
  RunningSandbox one{std::move(steered)};
  RunningSandbox two{options()};
  const struct {
    const char* request;
    const char* body;
    bool signed_out;
  } cases[] = {
      {"PATCH /_sandbox/users/alice", R"({"password": "another-password"})", true},
      {"PATCH /_sandbox/users/alice", R"({"active": false})", true},
      {"PATCH /_sandbox/users/alice", R"({"two_step": true})", true},
      {"PATCH /_sandbox/consumers/app", R"({"secret": "another-secret"})", false},
      {"DELETE /_sandbox/consumers/app", "", false},
      {"DELETE /_sandbox/users/alice", "", true},
  };
  for (const auto& line : cases) {
    SCOPED_TRACE(std::string{line.request} + " " + line.body);
    ASSERT_EQ(one.send("POST /_sandbox/reset").status, 204);
    PageVisitor visitor{two};
    const auto code = visitor.allow().at("code");
    const auto tokens = body_of(two.post(kTokenPath, sign_in("alice", "alice-password")));
    const std::string bearer = tokens.at("access_token");
    ASSERT_EQ(two.get("/2.0/user", bearer).status, 200);
    ASSERT_LT(one.send(line.request, "", line.body).status, 300);
    EXPECT_EQ(two.get("/2.0/user", bearer).status, 401);
    EXPECT_EQ(two.post(kTokenPath, refresh(tokens)).status, 400);
    EXPECT_EQ(two.post(kTokenPath, "grant_type=authorization_code&code=" + code).status, 400);
    const auto& page = visitor.authorize({{"client_id", kCliConsumer}});
    EXPECT_EQ(page.body.find("action=\"/account/signin\"") != std::string::npos, line.signed_out)
        << page.body;
  }
}

TEST_F(PostgresInstances, TwoThatStartAtOnceOnAnEmptyDatabaseMakeOneSandbox) {
  for (int round = 0; round < 3; ++round) {
    const auto empty = server.new_store_url();
    std::vector<std::unique_ptr<RunningSandbox>> made(4);
    std::vector<std::thread> starting;
    std::latch ready{4};
    for (auto& sandbox : made) {
      auto with = options();
      with.store = empty;
      with.key_file += std::to_string(round);
      starting.emplace_back([&sandbox, &ready, with = std::move(with)]() mutable {
        ready.arrive_and_wait();
        EXPECT_NO_THROW(sandbox = std::make_unique<RunningSandbox>(std::move(with)));
      });
    }
    for (auto& thread : starting) thread.join();
    if (HasFailure()) return;
    const auto token = made[0]->token("alice");
    for (auto& sandbox : made) EXPECT_EQ(sandbox->get("/2.0/user", token).status, 200);
    EXPECT_EQ(server.execute(empty, "SELECT count(*) FROM schema_version"), "1");
  }
}

TEST_F(PostgresInstances, S94_ADatabaseOfANewerVersionIsRefusedAndLeftAsItWas) {
  EXPECT_EQ(refusal(options()), "started");
  server.execute(url, "UPDATE schema_version SET version = 1000");
  EXPECT_THAT(refusal(options()),
              AllOf(HasSubstr("schema 1000"), HasSubstr("use the newer program")));
  EXPECT_EQ(server.execute(url, "SELECT version FROM schema_version"), "1000");
}

TEST_F(PostgresInstances, S7_AnotherKeyThanTheStoresIsRefusedAtTheStart) {
  EXPECT_EQ(refusal(options()), "started");
  auto other = options();
  other.key_file = (folder / "other.key").string();
  (void)authorization::Sealer::from_file(other.key_file, true);
  EXPECT_THAT(refusal(std::move(other)),
              AllOf(HasSubstr("other.key"), HasSubstr("sealed with another key")));
  EXPECT_EQ(refusal(options()), "started") << "the right one still fits";
}

TEST_F(PostgresInstances, S7_EachInstanceNeedsTheKeyAndOnlyTheFirstMayMakeIt) {
  auto without = options();
  without.key_file.clear();
  EXPECT_THAT(refusal(std::move(without)), HasSubstr("--key-file"));
  EXPECT_EQ(refusal(options()), "started");
  EXPECT_EQ(refusal(options()), "started") << "with the key that was made";
  auto other = options();
  other.key_file = (folder / "other.key").string();
  EXPECT_THAT(refusal(std::move(other)), HasSubstr("other.key: cannot be read"));
}

TEST_F(PostgresInstances, S13_NoTableHoldsATokenOrASecret) {
  auto made = options();
  made.demo_consumer->secret = Secret{std::string_view{"the-secret-of-the-app"}};
  RunningSandbox one{std::move(made)};
  const auto answer = one.send(
      std::string{"POST "} + kTokenPath, "Content-Type: application/x-www-form-urlencoded\r\n",
      sign_in("alice", "alice-password") + "&client_id=app&client_secret=the-secret-of-the-app");
  const auto body = nlohmann::json::parse(answer.body);
  const std::string dump =
      server.execute(url,
                     "SELECT schema_to_xml(current_schema(), true, false, '') FROM set_config("
                     "'xmlbinary', 'hex', false)");
  EXPECT_THAT(dump, HasSubstr("alice@"));
  const auto hex = [](const std::string& text) {
    std::string digits;
    for (const char letter : text) {
      digits += "0123456789ABCDEF"[static_cast<unsigned char>(letter) / 16];
      digits += "0123456789ABCDEF"[static_cast<unsigned char>(letter) % 16];
    }
    return digits;
  };
  for (const std::string& secret :
       {body.at("access_token").get<std::string>(), body.at("refresh_token").get<std::string>(),
        std::string{"alice-password"}, std::string{"the-secret-of-the-app"}}) {
    EXPECT_THAT(dump, Not(HasSubstr(secret)));
    EXPECT_THAT(dump, Not(HasSubstr(hex(secret))));
  }
}

class PostgresGone : public PostgresInstances {
 protected:
  PostgresGone() : PostgresInstances(own()) {}
  static PostgresServer& own() {
    static PostgresServer server;
    return server;
  }
};

TEST_F(PostgresGone, S16_S57_EveryEndpointSaysSoMeanwhileAndNothingIsLost) {
  RunningSandbox one{options()};
  const auto token = one.token("alice");
  const auto revoked = one.token("alice");
  ASSERT_EQ(one.post("/site/oauth2/revoke", "token=" + revoked).status, 200);
  server.stop(SIGQUIT);
  const auto good = sign_in("alice", "alice-password");
  for (int round = 0; round < 3; ++round) {
    for (const auto& answer : {one.post(kTokenPath, good), one.get("/2.0/user", token),
                               one.post("/site/oauth2/revoke", "token=" + token)}) {
      EXPECT_EQ(answer.status, 503) << answer.head;
      EXPECT_TRUE(answer.header("Retry-After")) << answer.head;
      EXPECT_THAT(answer.body, Not(HasSubstr("PostgreSQL")));
    }
    const auto health = one.get("/healthcheck");
    EXPECT_EQ(health.status, 503);
    EXPECT_EQ(nlohmann::json::parse(health.body).at("status"), "fail");
  }
  server.start();
  EXPECT_TRUE(http::testing::eventually([&] { return one.get("/healthcheck").status == 200; }));
  EXPECT_EQ(one.get("/2.0/user", token).status, 200) << "the revocation was refused";
  EXPECT_EQ(one.get("/2.0/user", revoked).status, 401);
  EXPECT_EQ(one.get("/2.0/user", one.token("alice")).status, 200);
}

TEST_F(PostgresGone, S57_ARestartOfTheDatabaseIsNotSeenAfterIt) {
  RunningSandbox one{options()};
  const auto token = one.token("alice");
  server.stop(SIGINT);
  server.start();
  // What runs each second may have met the database while it was away; it is tried again soon.
  ASSERT_TRUE(http::testing::eventually([&] { return one.get("/healthcheck").status == 200; }));
  EXPECT_EQ(one.get("/2.0/user", token).status, 200);
  EXPECT_EQ(one.post(kTokenPath, sign_in("alice", "alice-password")).status, 200);
}

}  // namespace
}  // namespace bbgrant::sandbox

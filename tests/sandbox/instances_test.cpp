// SPDX-License-Identifier: MIT
// Several instances on one PostgreSQL database, and what they say while it is away.
#include <chrono>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/start_error.hpp"
#include "sandbox/running_sandbox.hpp"
#include "support/postgres_server.hpp"

namespace bbgrant::sandbox {
namespace {

using bbgrant::testing::PostgresServer;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RunningSandbox;

namespace fs = std::filesystem;

constexpr const char* kTokenPath = "/site/oauth2/access_token";

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
  const auto statuses = [](RunningSandbox& at) {
    std::vector<int> all;
    for (int i = 0; i < 9 && (all.empty() || all.back() != 429); ++i) {
      all.push_back(at.post(kTokenPath, sign_in("alice", "wrong")).status);
      // Instances hear of each other once a second.
      if (all.back() != 429) std::this_thread::sleep_for(std::chrono::seconds{1});
    }
    return all;
  };
  {
    RunningSandbox one{options()};
    RunningSandbox two{options()};
    for (int i = 0; i < 20; ++i) (void)one.post(kTokenPath, sign_in("alice", "wrong"));
    const auto at_two = statuses(two);
    EXPECT_EQ(at_two.back(), 429) << "nine failures alone are free";
    const auto right = two.post(kTokenPath, sign_in("alice", "alice-password"));
    EXPECT_EQ(right.status, 429);
    EXPECT_TRUE(right.header("Retry-After"));
  }
  RunningSandbox next{options()};
  EXPECT_EQ(statuses(next), std::vector{429});
}

TEST_F(PostgresInstances, S7_EachInstanceNeedsTheKeyAndOnlyTheFirstMayMakeIt) {
  const auto refusal = [](Options made) {
    try {
      const RunningSandbox refused{std::move(made)};
    } catch (const base::StartError& error) {
      return std::string{error.what()};
    }
    return std::string{"started"};
  };
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

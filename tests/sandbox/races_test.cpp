// SPDX-License-Identifier: MIT
// 64 clients at once with one code, one refresh token, one answer to a consent page.
#include <latch>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "http/form.hpp"
#include "sandbox/page_visitor.hpp"

namespace bbgrant::sandbox {
namespace {

using std::chrono_literals::operator""min;
using testing::RawAnswer;

constexpr int kClients = 64;

class Race : public ::testing::Test {
 protected:
  /// The answers to the same request, sent by all at once.
  template <class Send>
  std::vector<RawAnswer> all_at_once(Send send) {
    std::latch start{kClients};
    std::mutex mutex;
    std::vector<RawAnswer> answers;
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        auto answer = send();
        const std::lock_guard lock{mutex};
        answers.push_back(std::move(answer));
      });
    }
    for (auto& thread : threads) thread.join();
    return answers;
  }
  static nlohmann::json json(const RawAnswer& answer) { return nlohmann::json::parse(answer.body); }
  RawAnswer ask(const std::string& form) {
    return server.send("POST /site/oauth2/access_token",
                       "Content-Type: application/x-www-form-urlencoded\r\n", form);
  }

  testing::RunningSandbox server;
  testing::PageVisitor visitor{server};
};
using S20_Race = Race;
using S27_Race = Race;
using S74_Race = Race;

TEST_F(S20_Race, OneOf64WinsAndLosesWhatItGot) {
  const auto code = visitor.allow().at("code");
  std::vector<std::string> won;
  for (const auto& answer : all_at_once([&] {
         return server.post("/site/oauth2/access_token",
                            "grant_type=authorization_code&code=" + code);
       })) {
    if (answer.status == 200) {
      won.push_back(json(answer).at("access_token"));
    } else {
      EXPECT_EQ(answer.status, 400);
      EXPECT_EQ(json(answer).at("error"), "invalid_grant");
    }
  }
  ASSERT_EQ(won.size(), 1U);
  EXPECT_EQ(server.get("/2.0/user", won.front()).status, 401) << "the code was used again";
}

TEST_F(S27_Race, SixtyFourWithinTheGraceGetOneSuccessorAndALateOneKillsAll) {
  const std::string client = "&client_id=app-today&client_secret=secret";
  const auto code = visitor.allow({{"client_id", "app-today"}}).at("code");
  const auto first = json(ask("grant_type=authorization_code&code=" + code + client));
  const std::string refresh =
      "grant_type=refresh_token&refresh_token=" + first.at("refresh_token").get<std::string>() +
      client;
  std::set<std::string> successors;
  std::set<std::string> access;
  for (const auto& answer : all_at_once([&] { return ask(refresh); })) {
    ASSERT_EQ(answer.status, 200) << answer.body;
    successors.insert(json(answer).at("refresh_token"));
    access.insert(json(answer).at("access_token"));
  }
  EXPECT_EQ(successors.size(), 1U);
  EXPECT_EQ(access.size(), std::size_t{kClients});
  EXPECT_EQ(server.get("/2.0/user", *access.begin()).status, 200);
  server.sandbox.clock().advance(10min);
  EXPECT_EQ(ask(refresh).status, 400);
  EXPECT_EQ(server.get("/2.0/user", *access.begin()).status, 401);
  EXPECT_EQ(ask("grant_type=refresh_token&refresh_token=" + *successors.begin() + client).status,
            400);
}

TEST_F(S74_Race, OneAnswerOf64Counts) {
  visitor.authorize({{"scope", "account"}});
  visitor.sign_in("alice");
  const auto action = visitor.consent_action();
  auto fields = visitor.hidden(action);
  fields.emplace_back("decision", "allow");
  fields.emplace_back("scope", "account");
  int given = 0;
  for (const auto& answer : all_at_once([&] {
         return server.send("POST " + action,
                            "Content-Type: application/x-www-form-urlencoded\r\nCookie: " +
                                visitor.cookie + "\r\n",
                            http::encode_query(fields));
       })) {
    if (answer.status == 303) ++given;
    EXPECT_TRUE(answer.status == 303 || answer.status == 403) << answer.status;
  }
  EXPECT_EQ(given, 1);
}

}  // namespace
}  // namespace bbgrant::sandbox

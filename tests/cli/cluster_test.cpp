// SPDX-License-Identifier: MIT
// Two programs on one PostgreSQL database behind HAProxy, as deploy/ sets them up.
#include "cli/cluster.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace bbgrant::cli::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr const char* kTokenPath = "/site/oauth2/access_token";
constexpr const char* kRevokePath = "/site/oauth2/revoke";
constexpr const char* kSignIn = "grant_type=password&username=alice&password=alice-password";

/// What callers were told. Thread-safe.
class Ledger {
 public:
  enum class Event { kAcknowledged, kRefused, kUnavailable };

  /// A token that an answer gave; dead when its revocation was acknowledged too.
  void acknowledge(const std::string& token, bool dead) {
    const std::lock_guard lock{mutex_};
    tokens_[token] = dead;
    count(Event::kAcknowledged);
  }
  /// Nothing was promised: no answer, or that of the proxy or of an instance without its database.
  void refuse(const std::optional<RawAnswer>& answer) {
    const std::lock_guard lock{mutex_};
    count(Event::kRefused);
    if (!answer) return;
    EXPECT_THAT(answer->status, AnyOf(502, 503, 504)) << answer->body;
    EXPECT_TRUE(answer->header("Retry-After")) << answer->head;
    EXPECT_TRUE(nlohmann::json::accept(answer->body)) << answer->body;
    if (answer->status == 503) count(Event::kUnavailable);
  }

  /// Waits until it has happened that often once more.
  [[nodiscard]] bool sees_more(Event event, int times) {
    std::unique_lock lock{mutex_};
    const int goal = of(event) + times;
    return changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return of(event) >= goal; });
  }
  [[nodiscard]] int refused() { return of(Event::kRefused); }
  [[nodiscard]] const std::map<std::string, bool>& tokens() const { return tokens_; }

 private:
  int& of(Event event) { return counts_.at(static_cast<std::size_t>(event)); }
  void count(Event event) {
    ++of(event);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, bool> tokens_;
  std::array<int, 3> counts_{};
};

class PostgresCluster : public ::testing::Test {
 protected:
  PostgresCluster() : cluster(shared()) {}
  static Cluster& shared() {
    static Cluster one;
    return one;
  }

  /// Asks for tokens and writes down what came; empty when none came.
  nlohmann::json ask(const std::string& form) {
    const auto answer = cluster.post(kTokenPath, form);
    if (!answer || answer->status != 200) {
      ledger.refuse(answer);
      return {};
    }
    auto body = nlohmann::json::parse(answer->body);
    ledger.acknowledge(body.at("access_token"), false);
    return body;
  }

  /// Signs in; then keeps the token, revokes it or refreshes it, in turn.
  void use(int turn) {
    const auto body = ask(kSignIn);
    if (body.empty()) return;
    if (turn % 3 == 1)
      ask("grant_type=refresh_token&refresh_token=" + body.at("refresh_token").get<std::string>());
    if (turn % 3 != 2) return;
    const std::string token = body.at("access_token");
    const auto told = cluster.post(kRevokePath, "token=" + token);
    if (told && told->status == 200) {
      ledger.acknowledge(token, true);
    } else {
      ledger.refuse(told);
      const std::lock_guard lock{mutex};
      open.push_back(token);
    }
  }

  [[nodiscard]] int status_of_user(std::uint16_t port, const std::string& token) const {
    const auto answer = cluster.send(port, "GET /2.0/user?access_token=" + token);
    return answer ? answer->status : 0;
  }

  Cluster& cluster;
  Ledger ledger;
  std::mutex mutex;
  std::vector<std::string> open;  ///< tokens of whose revocation nobody knows
};

TEST_F(PostgresCluster, S57_NothingAcknowledgedIsLostWhenOneIsKilledAndTheDatabaseCrashes) {
  using Event = Ledger::Event;
  std::atomic<bool> ending{false};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&] {
      for (int turn = 0; !ending; ++turn) use(turn);
    });
  }
  EXPECT_TRUE(ledger.sees_more(Event::kAcknowledged, 50)) << "all is well";
  cluster.kill(0);
  EXPECT_TRUE(ledger.sees_more(Event::kAcknowledged, 100)) << "one alone";
  const int by_the_kill = ledger.refused();
  cluster.start(0);
  EXPECT_TRUE(ledger.sees_more(Event::kAcknowledged, 50)) << "two again";
  cluster.database.stop(SIGQUIT);
  EXPECT_TRUE(ledger.sees_more(Event::kUnavailable, 50)) << "without a database";
  cluster.database.start();
  EXPECT_TRUE(ledger.sees_more(Event::kAcknowledged, 100)) << "all is well again";
  ending = true;
  for (auto& thread : callers) thread.join();

  std::size_t found = 0;
  std::size_t promised = 0;
  std::size_t dead = 0;
  for (const auto& [token, revoked] : ledger.tokens()) {
    if (std::ranges::find(open, token) != open.end()) continue;
    ++promised;
    if (revoked) ++dead;
    const int expected = revoked ? 401 : 200;
    const int at_one = status_of_user(cluster.port(0), token);
    const int at_two = status_of_user(cluster.port(1), token);
    EXPECT_EQ(at_one, expected);
    EXPECT_EQ(at_two, expected);
    if (at_one == expected && at_two == expected) ++found;
  }
  std::printf(
      "acknowledged %zu (%zu tokens, %zu of them revoked), found so at both %zu; "
      "refused %d, %d of them by the kill\n",
      promised + dead, promised, dead, found, ledger.refused(), by_the_kill);
}

// `bbgrant user` and `bbgrant consumer` on a database that runs no sandbox, or another's.
TEST(PostgresAdministration, S7_S94_WhatDoesNotFitTheDatabaseIsRefusedWithTheReason) {
  PostgresServer server;
  const TemporaryFolder folder;
  const std::string key = (folder.path() / "secret.key").string();
  const auto made = server.new_store_url();
  {
    Child sandbox{{.arguments = {"sandbox", "--store", made, "--key-file", key, "--listen",
                                 "127.0.0.1:0", "--ready-json"}}};
    ASSERT_THAT(sandbox.read_line(), HasSubstr("sandbox")) << sandbox.wait().err;
  }
  const std::string other = (folder.path() / "other.key").string();
  folder.write("other.key", std::string(64, 'a') + "\n");
  fs::permissions(other, fs::perms::owner_read);
  const struct {
    std::vector<std::string> flags;
    const char* says;
  } cases[] = {
      {{"--store", made}, "with --key-file, the same on every instance"},
      {{"--store", made, "--key-file", other}, "were sealed with another key"},
      {{"--store", made, "--key-file", key + "x"}, "cannot be read"},
      {{"--store", server.new_store_url(), "--key-file", key}, "there is no sandbox in this"},
      {{"--store", "postgresql://nobody@127.0.0.1:1/none", "--key-file", key}, "cannot be reached"},
  };
  for (const auto& line : cases) {
    Start start{.arguments = {"consumer", "list"}};
    start.arguments.insert(start.arguments.end(), line.flags.begin(), line.flags.end());
    const Ended ended = run(start);
    EXPECT_EQ(ended.exit_code, 2) << ended.out;
    EXPECT_THAT(ended.err, HasSubstr(line.says));
    EXPECT_EQ(ended.out, "");
  }
  EXPECT_EQ(run({.arguments = {"consumer", "list", "--store", made, "--key-file", key}}).exit_code,
            0);
}

TEST_F(PostgresCluster, OneOriginServesBothAndLinksStayOnIt) {
  const std::string token = ask(kSignIn).at("access_token");
  for (int i = 0; i < 8; ++i) {
    const auto user = cluster.send(cluster.front(), "GET /2.0/user?access_token=" + token);
    ASSERT_TRUE(user);
    ASSERT_EQ(user->status, 200);
    EXPECT_THAT(user->body, HasSubstr("http://" + cluster.host() + "/"));
  }
}

}  // namespace
}  // namespace bbgrant::cli::testing

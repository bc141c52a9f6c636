// SPDX-License-Identifier: MIT
// Durable token requests in a second: SQLite, PostgreSQL, and two instances on PostgreSQL behind
// HAProxy, side by side on this machine. Not a test: run it by hand, on a quiet machine. Rounds go
// in turn through all of them, so that what else the machine does meets each alike; medians are
// printed, as ratios to SQLite.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/cluster.hpp"

namespace bbgrant::cli::testing {
namespace {

using std::chrono::steady_clock;

constexpr int kCallers = 32;
constexpr int kRounds = 3;
constexpr std::chrono::seconds kRound{3};
constexpr const char* kClient =
    "&client_id=bbgrantDemoCliKey&client_secret=bbgrant-demo-cli-secret-not-for-production";
constexpr const char* kClientCredentials = "grant_type=client_credentials";

struct Target {
  const char* name;
  std::uint16_t port;
  std::string host;
  std::array<std::vector<double>, 2> per_second;  ///< client credentials, refresh
};

nlohmann::json ask(http::testing::RawClient& connection, const Target& target,
                   const std::string& form) {
  const std::string body = form + kClient;
  const auto sent =
      connection.send("POST /site/oauth2/access_token HTTP/1.1\r\nHost: " + target.host +
                      "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n\r\n" + body);
  const auto answer = sent ? connection.read_answer() : std::nullopt;
  if (!answer || answer->status != 200) {
    throw std::runtime_error{answer ? answer->head + answer->body : "no answer"};
  }
  return nlohmann::json::parse(answer->body);
}

double measure(const Target& target, bool refreshing) {
  std::atomic<int> answers{0};
  std::vector<std::thread> callers;
  const auto start = steady_clock::now();
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      http::testing::RawClient connection{target.port};
      std::string form = kClientCredentials;
      if (refreshing) {
        const auto token = ask(connection, target, form).at("refresh_token");
        form = "grant_type=refresh_token&refresh_token=" + token.get<std::string>();
      }
      while (steady_clock::now() < start + kRound) {
        ask(connection, target, form);
        ++answers;
      }
    });
  }
  for (auto& caller : callers) caller.join();
  return answers / std::chrono::duration<double>{steady_clock::now() - start}.count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void run_all() {
  const TemporaryFolder folder;
  Child alone{
      {.arguments = {"sandbox", "--listen", "127.0.0.1:0", "--data-dir",
                     (folder.path() / "data").string(), "--log-level", "off", "--ready-json"},
       .folder = folder.path()}};
  const auto ready = nlohmann::json::parse(alone.read_line());
  const auto host = ready.at("sandbox").get<std::string>().substr(std::string{"http://"}.size());
  const Cluster cluster{PostgresServer::Keeps::kPower};
  std::vector<Target> targets{
      {"SQLite, one instance",
       static_cast<std::uint16_t>(std::stoi(host.substr(host.find(':') + 1))),
       host,
       {}},
      {"PostgreSQL, one instance", cluster.port(0), cluster.host(), {}},
      {"PostgreSQL, two behind HAProxy", cluster.front(), cluster.host(), {}}};
  for (int round = 0; round < kRounds; ++round) {
    for (auto& target : targets) {
      for (const bool refreshing : {false, true}) {
        target.per_second.at(refreshing ? 1 : 0).push_back(measure(target, refreshing));
      }
    }
  }
  std::printf("%-32s %22s %22s\n", "durable answers, to SQLite's", "client_credentials",
              "refresh_token");
  const auto& base = targets.front().per_second;
  for (const auto& target : targets) {
    std::printf("%-32s %14.2f (%5.0f/s) %14.2f (%5.0f/s)\n", target.name,
                median(target.per_second[0]) / median(base[0]), median(target.per_second[0]),
                median(target.per_second[1]) / median(base[1]), median(target.per_second[1]));
  }
}

}  // namespace
}  // namespace bbgrant::cli::testing

int main() {
  bbgrant::cli::testing::run_all();
  return 0;
}

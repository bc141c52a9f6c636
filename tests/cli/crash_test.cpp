// SPDX-License-Identifier: MIT
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/child.hpp"
#include "http/raw_client.hpp"

namespace bbgrant::cli {
namespace {

namespace fs = std::filesystem;
using testing::Child;

// The program as a process of its own, on a store in a folder.
class S57_Crash : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bbgrant-crash-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }

  testing::Start start() {
    return {.arguments = {"sandbox", "--listen", "127.0.0.1:0", "--data-dir",
                          (folder / "data").string(), "--password-cost", "minimal", "--ready-json"},
            .folder = folder};
  }
  static std::uint16_t port_of(Child& child) {
    const std::string origin = nlohmann::json::parse(child.read_line()).at("sandbox");
    return static_cast<std::uint16_t>(std::stoi(origin.substr(origin.rfind(':') + 1)));
  }
  // The command line's demo consumer, which every sandbox has.
  static std::string token(std::uint16_t port) {
    const std::string form =
        "grant_type=password&username=alice&password=alice-password&client_id=bbgrantDemoCliKey"
        "&client_secret=bbgrant-demo-cli-secret-not-for-production";
    const auto answer = http::testing::send_once(
        port, "POST /site/oauth2/access_token HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
                  "\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                  "Content-Length: " +
                  std::to_string(form.size()) + "\r\n\r\n" + form);
    return nlohmann::json::parse(answer.value().body).at("access_token");
  }
  static int status_of_user(std::uint16_t port, const std::string& token) {
    const auto answer = http::testing::send_once(
        port, "GET /2.0/user HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
                  "\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    return answer.value().status;
  }

  fs::path folder;
};

TEST_F(S57_Crash, NoAcknowledgedTokenIsLostByKillMinusNine) {
  std::vector<std::string> tokens;
  for (int round = 0; round < 3; ++round) {
    Child child{start()};
    const auto port = port_of(child);
    for (const auto& known : tokens) EXPECT_EQ(status_of_user(port, known), 200);
    for (int i = 0; i < 5; ++i) tokens.push_back(token(port));
    child.signal(SIGKILL);
    (void)child.wait();
  }
  EXPECT_EQ(tokens.size(), 15U);
}

}  // namespace
}  // namespace bbgrant::cli

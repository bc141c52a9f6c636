// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/start_error.hpp"
#include "sandbox/running_sandbox.hpp"

namespace bbgrant::sandbox {
namespace {

namespace fs = std::filesystem;

class Start : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bbgrant-start-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }

  Options on_disk() {
    auto options = testing::test_options();
    options.store.clear();
    options.data_dir = (folder / "data").string();
    return options;
  }
  std::string refusal(Options options) {
    try {
      const testing::RunningSandbox server{std::move(options)};
    } catch (const base::StartError& error) {
      return error.what();
    }
    return "started";
  }

  fs::path folder;
};

TEST_F(Start, S57_ATokenOutlivesARestart) {
  std::string token;
  {
    testing::RunningSandbox server{on_disk()};
    token = server.token("alice");
  }
  testing::RunningSandbox server{on_disk()};
  EXPECT_EQ(server.get("/2.0/user", token).status, 200);
}

TEST_F(Start, S95_TheDataFolderIsItsOwnersAlone) {
  const auto before = ::umask(0);
  {
    testing::RunningSandbox server{on_disk()};
    (void)server.token("alice");
    for (const auto& entry : fs::directory_iterator(folder / "data")) {
      struct stat status{};
      ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
    }
  }
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::stat((folder / "data").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(Start, S13_NoFileOfTheStoreHoldsATokenOrASecret) {
  std::vector<std::string> secrets{"secret", "alice-password"};
  {
    testing::RunningSandbox server{on_disk()};
    secrets.push_back(server.token("alice"));
  }
  for (const auto& entry : fs::directory_iterator(folder / "data")) {
    std::ifstream file{entry.path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(bytes.find(secrets[1]), std::string::npos) << entry.path();
    EXPECT_EQ(bytes.find(secrets[2]), std::string::npos) << entry.path();
  }
}

TEST_F(Start, AnEditedConsumerSecretWorksAtOnce) {
  {
    const testing::RunningSandbox server{on_disk()};
  }
  auto options = on_disk();
  options.demo_consumer->secret = Secret{std::string_view{"edited"}};
  testing::RunningSandbox server{std::move(options)};
  const std::string form =
      "grant_type=password&username=alice&password=alice-password&client_id=app&client_secret=";
  const auto status = [&](const std::string& secret) {
    return server
        .send("POST /site/oauth2/access_token",
              "Content-Type: application/x-www-form-urlencoded\r\n", form + secret)
        .status;
  };
  EXPECT_EQ(status("edited"), 200);
  EXPECT_EQ(status("secret"), 400);
}

TEST_F(Start, S94_ABusyPortIsNamed) {
  const testing::RunningSandbox first;
  auto options = testing::test_options();
  options.port = first.sandbox.port();
  const std::string text = refusal(std::move(options));
  EXPECT_NE(text.find(std::to_string(first.sandbox.port())), std::string::npos) << text;
}

TEST_F(Start, S94_WrongSettingsAreNamed) {
  auto options = testing::test_options();
  options.compat = "2020";
  EXPECT_EQ(refusal(std::move(options)), "--compat 2020: no such profile; use 2019 or 2026");
  options = testing::test_options();
  options.errors = "rfc";
  EXPECT_EQ(refusal(std::move(options)), "--errors rfc: use bitbucket or rfc6749");
  options = testing::test_options();
  options.base_url = "sandbox";
  EXPECT_EQ(refusal(std::move(options)),
            "--base-url sandbox: use http://host:port or https://host:port");
  options = testing::test_options();
  options.base_url = "http://127.0.0.1.example";
  EXPECT_NE(refusal(std::move(options)).find("--base-url"), std::string::npos);
}

TEST_F(Start, S58_TestSettingsNeedAllowDemoOffLoopback) {
  auto options = testing::test_options();
  options.listen_addresses = {"0.0.0.0"};
  EXPECT_NE(refusal(std::move(options)).find("--allow-demo"), std::string::npos);
  options = testing::test_options();
  options.listen_addresses = {"0.0.0.0"};
  options.allow_demo = true;
  const testing::RunningSandbox server{std::move(options)};
  EXPECT_GE(server.sandbox.warnings().size(), 4U);
}

TEST_F(Start, S58_AnOriginElsewhereIsExposureTooBehindABalancer) {
  auto options = testing::test_options();
  options.base_url = "https://sandbox.example.com";
  EXPECT_NE(refusal(std::move(options)).find("--allow-demo"), std::string::npos);
  options = testing::test_options();
  options.base_url = "http://127.0.0.1:7990";
  EXPECT_EQ(refusal(std::move(options)), "started");
}

TEST_F(Start, HealthIsHealthJson) {
  testing::RunningSandbox server;
  const auto answer = server.get("/healthcheck");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/health+json");
  EXPECT_EQ(nlohmann::json::parse(answer.body).at("status"), "pass");
}

TEST_F(Start, S2_TheTokenEndpointTakesPostAlone) {
  testing::RunningSandbox server;
  for (const char* method : {"GET", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    const auto answer = server.send(std::string{method} + " /site/oauth2/access_token?password=x");
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.header("Allow"), "POST") << method;
    EXPECT_EQ(nlohmann::json::parse(answer.body).at("error"), "invalid_request");
  }
}

TEST_F(Start, S15_AFormOf16KiBIsTheLargest) {
  testing::RunningSandbox server;
  const auto status = [&](std::size_t size) {
    return server.post("/site/oauth2/access_token", std::string(size, '&')).status;
  };
  EXPECT_EQ(status(16 * 1024), 400);
  EXPECT_EQ(status(16 * 1024 + 1), 413);
}

TEST_F(Start, S56_ManySignInsAtOnceAreServedOrTurnedAwayAtOnce) {
  testing::RunningSandbox server;
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  std::atomic<int> other{0};
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      const auto answer = server.post("/site/oauth2/access_token",
                                      "grant_type=password&username=alice&password=alice-password");
      (answer.status == 200 ? good : other) += 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 64) << "64 fit the queue; " << other << " were turned away";
}

}  // namespace
}  // namespace bbgrant::sandbox

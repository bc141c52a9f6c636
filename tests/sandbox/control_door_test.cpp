// SPDX-License-Identifier: MIT
// S61: who gets in, and where there is a door at all.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/start_error.hpp"
#include "sandbox/running_control.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class S61_Control : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bbgrant-control-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string file(const std::string& text) {
    const auto path = folder / "file";
    std::ofstream{path} << text;
    return path.string();
  }
  std::string refusal(Options options) {
    try {
      const testing::RunningSandbox server{std::move(options)};
    } catch (const base::StartError& error) {
      return error.what();
    }
    return "started";
  }
  Options on_disk() {
    auto options = testing::control_options();
    options.store.clear();
    options.data_dir = (folder / "data").string();
    return options;
  }

  fs::path folder;
};

TEST_F(S61_Control, IsNotThereUnlessAskedFor) {
  testing::RunningSandbox server;
  for (const char* line : {"GET /_sandbox", "POST /_sandbox/reset", "GET /_sandbox/users"}) {
    EXPECT_EQ(server.send(line).status, 404) << line;
  }
}

TEST_F(S61_Control, WantsTheBearerOnEachCall) {
  auto options = testing::control_options();
  options.control_token_file = file("0123456789abcdef\n");
  testing::RunningSandbox server{std::move(options)};
  const struct {
    const char* name;
    const char* header;
    int status;
  } cases[] = {
      {"right", "Authorization: Bearer 0123456789abcdef\r\n", 200},
      {"none", "", 401},
      {"wrong", "Authorization: Bearer 0123456789abcdeg\r\n", 401},
      {"part", "Authorization: Bearer 0123456789abcde\r\n", 401},
      {"other scheme", "Authorization: Basic 0123456789abcdef\r\n", 401},
      {"twice",
       "Authorization: Bearer 0123456789abcdef\r\nAuthorization: Bearer 0123456789abcdef\r\n", 401},
  };
  for (const auto& line : cases) {
    EXPECT_EQ(server.send("GET /_sandbox", line.header).status, line.status) << line.name;
    EXPECT_EQ(server.send("PUT /_sandbox/clock", line.header, R"({"advance_seconds":0})").status,
              line.status)
        << line.name;
  }
  EXPECT_EQ(server.send("GET /_sandbox").header("WWW-Authenticate"), "Bearer");
}

TEST_F(S61_Control, AShortOrMissingTokenFileIsRefused) {
  auto options = testing::control_options();
  options.control_token_file = file("short\n");
  EXPECT_THAT(refusal(std::move(options)), HasSubstr("16 characters"));
  options = testing::control_options();
  options.control_token_file = (folder / "absent").string();
  EXPECT_THAT(refusal(std::move(options)), HasSubstr("--control-token-file"));
}

TEST_F(S61_Control, OffLoopbackNeedsATokenFile) {
  auto options = testing::control_options();
  options.listen_addresses = {"0.0.0.0"};
  options.allow_demo = true;
  EXPECT_THAT(refusal(std::move(options)), HasSubstr("--control-token-file"));
  options = testing::control_options();
  options.listen_addresses = {"0.0.0.0"};
  options.allow_demo = true;
  options.control_token_file = file("0123456789abcdef");
  EXPECT_EQ(refusal(std::move(options)), "started");
}

TEST_F(S61_Control, RefusesBrowsers) {
  testing::RunningSandbox server{testing::control_options()};
  for (const char* origin : {"http://evil.example", "null", ""}) {
    const auto header = "Origin: " + std::string{origin} + "\r\n";
    EXPECT_EQ(server.send("GET /_sandbox", header).status, 403) << origin;
    EXPECT_EQ(server.send("POST /_sandbox/reset", header).status, 403) << origin;
  }
  const auto preflight = server.send("OPTIONS /_sandbox/reset",
                                     "Origin: http://evil.example\r\n"
                                     "Access-Control-Request-Method: POST\r\n");
  EXPECT_EQ(preflight.status, 405);
  EXPECT_FALSE(preflight.header("Access-Control-Allow-Origin")) << "S81";
}

TEST_F(S61_Control, IsRefusedOnAStoreThatIsNoDemo) {
  {
    testing::RunningSandbox server{on_disk()};
    EXPECT_EQ(
        server.send("POST /_sandbox/users", "", R"({"nickname":"dora","password":"d"})").status,
        201);
  }
  {
    const auto store = store::open_store({"sqlite:" + (folder / "data/bbgrant.sqlite").string()});
    testing::RunningSandbox server{on_disk()};
    EXPECT_EQ(server.send("POST /_sandbox/reset").status, 204) << "demo data alone";
    store::NewAccount me;
    me.account.uuid = "{me}";
    me.account.account_id = me.account.nickname = me.account.display_name = "me";
    me.account.password_hash = "x";
    boost::asio::io_context loop;
    auto added = boost::asio::co_spawn(loop, store->add_account(me), boost::asio::use_future);
    loop.run();
    ASSERT_TRUE(added.get());
    for (const char* line : {"POST /_sandbox/reset", "DELETE /_sandbox/users/alice"}) {
      EXPECT_EQ(server.send(line).status, 409) << line;
    }
    EXPECT_EQ(server.send("GET /_sandbox").status, 200);
    store->close();
  }
  EXPECT_THAT(refusal(on_disk()), HasSubstr("--control-any-store"));
  auto told = on_disk();
  told.control_any_store = true;
  testing::RunningSandbox server{std::move(told)};
  EXPECT_EQ(server.send("POST /_sandbox/reset").status, 204);
}

TEST_F(S61_Control, SaysThatItIsOpen) {
  testing::RunningSandbox server{testing::control_options()};
  EXPECT_THAT(server.sandbox.warnings(), ::testing::Contains(HasSubstr("/_sandbox")));
}

}  // namespace
}  // namespace bbgrant::sandbox

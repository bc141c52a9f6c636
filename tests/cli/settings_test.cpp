// SPDX-License-Identifier: MIT
#include "cli/settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/client_settings.hpp"
#include "cli/demo_consumer.hpp"

namespace bbgrant::cli {
namespace {

using ::testing::HasSubstr;

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
  };
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

// A folder that is the working directory while the test runs.
class SettingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "bbgrant-settings-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder_);
  }
  void TearDown() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }
  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((folder_ / path).parent_path());
    std::ofstream{folder_ / path} << text;
  }

  std::filesystem::path folder_;
  std::filesystem::path before_;
};

class Precedence : public SettingsTest {};

TEST_F(Precedence, FlagBeforeEnvironmentBeforeFile) {
  write("config.json", R"({"port": 1, "sandboxPort": 1, "consumerKey": "file"})");
  Config flags;
  set_flag(flags, "--port", "port", "3");
  const Settings settings =
      resolve_settings(std::move(flags), std::nullopt, ConfigFile::kWorkingDirectory,
                       environment_of({{"BBGRANT_PORT", "2"}, {"BBGRANT_SANDBOX_PORT", "2"}}));
  EXPECT_EQ(settings.config.port, 3);
  EXPECT_EQ(settings.config.sandbox_port, 2);
  EXPECT_EQ(settings.config.consumer_key, "file");
}

TEST_F(Precedence, EmptyVariableIsNotSet) {
  write("config.json", R"({"port": 1})");
  const Settings settings = resolve_settings({}, std::nullopt, ConfigFile::kWorkingDirectory,
                                             environment_of({{"BBGRANT_PORT", ""}}));
  EXPECT_EQ(settings.config.port, 1);
}

TEST_F(Precedence, BadVariableAndBadFlagAreNamed) {
  EXPECT_THAT(refusal([] {
                static_cast<void>(resolve_settings({}, std::nullopt, ConfigFile::kUserFolder,
                                                   environment_of({{"BBGRANT_PORT", "x"}})));
              }),
              HasSubstr("BBGRANT_PORT: expected a whole number"));
  Config flags;
  EXPECT_THAT(refusal([&] { set_flag(flags, "--port", "port", "70000"); }),
              HasSubstr("--port: expected a whole number"));
}

TEST_F(Precedence, DataFolderStandsBesideTheFileInUse) {
  write("there/config.json", "{}");
  const Settings beside =
      resolve_settings({}, "there/config.json", ConfigFile::kWorkingDirectory, environment_of({}));
  EXPECT_EQ(beside.data_dir, (folder_ / "there/data").string());

  write("other/config.json", R"({"dataDir": "store", "store": "sqlite:x.db"})");
  const Settings named =
      resolve_settings({}, "other/config.json", ConfigFile::kWorkingDirectory, environment_of({}));
  EXPECT_EQ(named.data_dir, (folder_ / "other/store").string());
  EXPECT_EQ(named.config.store, "sqlite:" + (folder_ / "other/x.db").string());
}

TEST_F(Precedence, WithoutFileTheDataFolderIsTheUsersStateFolder) {
  const auto data_dir = [](std::map<std::string, std::string> variables) {
    return resolve_settings({}, std::nullopt, ConfigFile::kWorkingDirectory,
                            environment_of(std::move(variables)))
        .data_dir;
  };
  EXPECT_EQ(data_dir({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}), "/s/bbgrant");
  EXPECT_EQ(data_dir({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}), "/h/.local/state/bbgrant");
  EXPECT_EQ(data_dir({}), "");
}

TEST_F(Precedence, FileNamedByFlagMustExist) {
  EXPECT_THAT(refusal([] {
                static_cast<void>(resolve_settings({}, "absent.json", ConfigFile::kUserFolder,
                                                   environment_of({})));
              }),
              HasSubstr("absent.json: cannot be read: No such file"));
  EXPECT_THAT(
      refusal([] {
        static_cast<void>(resolve_settings({}, ".", ConfigFile::kUserFolder, environment_of({})));
      }),
      HasSubstr("cannot be read: it is a folder"));
}

class S98_HostileConfig : public SettingsTest {};

TEST_F(S98_HostileConfig, CommandsThatSendSecretsReadTheUsersFileOnly) {
  write("config.json", R"({"server": "http://localhost:1"})");
  write("xdg/bbgrant/config.json", R"({"consumerKey": "mine"})");
  const auto environment = environment_of({{"XDG_CONFIG_HOME", (folder_ / "xdg").string()}});
  const Settings settings =
      resolve_settings({}, std::nullopt, ConfigFile::kUserFolder, environment);
  EXPECT_FALSE(settings.config.server);
  EXPECT_EQ(settings.config.consumer_key, "mine");
}

TEST_F(S98_HostileConfig, RelativeXdgFolderIsIgnored) {
  write("bbgrant/config.json", R"({"server": "http://localhost:1"})");
  const Settings settings = resolve_settings({}, std::nullopt, ConfigFile::kUserFolder,
                                             environment_of({{"XDG_CONFIG_HOME", "."}}));
  EXPECT_FALSE(settings.file);
}

TEST(S98_DemoConsumer, GoesToLoopbackOnly) {
  for (const char* url : {"http://localhost:7990/t", "http://127.0.0.1/t", "http://127.9.9.9/t",
                          "http://[::1]:1/t"}) {
    Config none;
    EXPECT_FALSE(choose_consumer(none, Server{.token_url = url}).key.empty()) << url;
  }
  for (const char* url :
       {"https://bitbucket.org/site/oauth2/access_token", "http://localhost.evil.com/t",
        "http://evil.com/localhost", "http://127.0.0.1.evil.com/t", "http://0.0.0.0/t",
        "http://localhost./t", "", "http://[::ffff:7f00:1]/t"}) {
    Config none;
    EXPECT_THAT(
        refusal([&] { static_cast<void>(choose_consumer(none, Server{.token_url = url})); }),
        HasSubstr("the sandbox on this machine only"))
        << url;
  }
}

TEST(ChooseConsumer, HalfAConsumerIsRefused) {
  Config key_only;
  key_only.consumer_key = "key";
  EXPECT_THAT(refusal([&] { static_cast<void>(choose_consumer(key_only, Server::sandbox())); }),
              HasSubstr("not consumerSecret"));
  Config secret_only;
  secret_only.consumer_secret = Secret{std::string_view{"hunter2"}};
  EXPECT_THAT(refusal([&] { static_cast<void>(choose_consumer(secret_only, Server::sandbox())); }),
              ::testing::AllOf(HasSubstr("not consumerKey"), ::testing::Not(HasSubstr("hunter2"))));
  EXPECT_THAT(refusal([&] { static_cast<void>(demo_consumer(key_only)); }),
              HasSubstr("not consumerSecret"));
}

TEST(NamedServer, SandboxIsTheDefaultOnItsConfiguredPort) {
  Config config;
  EXPECT_EQ(named_server(config), Server::sandbox("http://localhost:7990"));
  config.sandbox_port = 7991;
  EXPECT_EQ(named_server(config), Server::sandbox("http://localhost:7991"));
  config.sandbox_port = 0;
  EXPECT_THAT(refusal([&] { static_cast<void>(named_server(config)); }),
              HasSubstr("any free port"));
}

TEST(NamedServer, IssuerHasToBeLookedUp) {
  Config config;
  set_flag(config, "--server", "server", "http://127.0.0.1:4711");
  EXPECT_EQ(named_server(config), std::nullopt);
}

TEST(NamedServer, EndpointsAreTakenAsTheyAre) {
  Config config;
  config.server = ServerChoice{"", "", "https://example.com/t", "", "https://api.example.com"};
  EXPECT_EQ(named_server(config),
            (Server{.token_url = "https://example.com/t", .api_url = "https://api.example.com"}));
}

TEST(DemoConsumer, IsTheShippedOneUnlessSet) {
  const sandbox::DemoConsumer shipped = demo_consumer({});
  const Config file = load_config(std::filesystem::path{BBGRANT_SOURCE_DIR} / "config.json");
  EXPECT_EQ(file.consumer_key, shipped.key);
  EXPECT_EQ(file.consumer_secret.value().reveal(), shipped.secret.reveal());
  EXPECT_EQ(file.consumer2026_key, demo_consumer_2026({}).key);
  EXPECT_EQ(file.consumer2026_secret.value().reveal(), demo_consumer_2026({}).secret.reveal());
}

}  // namespace
}  // namespace bbgrant::cli

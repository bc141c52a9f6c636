// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/start_error.hpp"
#include "sandbox/running_control.hpp"

namespace bbgrant::sandbox {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kSeed = R"({
  "$schema": "seed.schema.json",
  "users": [
    {"nickname": "dora", "password": "d", "display_name": "Dora"},
    {"nickname": "emil", "password": "e", "active": false}
  ],
  "workspaces": [
    {"slug": "tools", "name": "Tools",
     "members": [{"user": "dora", "permission": "owner"}, {"user": "emil"}],
     "projects": [{"key": "T", "name": "Things"}]}
  ],
  "repositories": [
    {"workspace": "tools", "project": "T", "slug": "hammer", "private": true,
     "access": [{"user": "emil", "permission": "write"}]},
    {"workspace": "tools", "project": "T", "slug": "nail", "private": false}
  ],
  "consumers": [
    {"key": "mine", "secret": "my-secret", "workspace": "tools", "profile": "2026"},
    {"key": "old", "secret": "my-secret", "workspace": "tools", "permissions": "account repository"}
  ]
})";

class Seed : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bbgrant-seed-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }

  Options with(const std::string& text) {
    auto options = testing::control_options();
    options.seed_file = (folder / "seed.json").string();
    std::ofstream{options.seed_file} << text;
    return options;
  }
  std::string refusal(const std::string& text) {
    try {
      const testing::RunningSandbox server{with(text)};
    } catch (const base::StartError& error) {
      return error.what();
    }
    return "started";
  }
  static std::string token_of(testing::RunningSandbox& server) {
    const auto answer = server.send("POST /site/oauth2/access_token",
                                    "Content-Type: application/x-www-form-urlencoded\r\n",
                                    "grant_type=password&username=dora&password=d&client_id=old&"
                                    "client_secret=my-secret");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return nlohmann::json::parse(answer.body).value("access_token", "");
  }

  fs::path folder;
};

TEST_F(Seed, AFileTakesThePlaceOfTheDemoData) {
  testing::RunningSandbox server{with(kSeed)};
  EXPECT_EQ(server.send("GET /_sandbox/users/alice").status, 404);
  EXPECT_EQ(nlohmann::json::parse(server.send("GET /_sandbox/consumers").body).at("size"), 2);
  const auto token = token_of(server);
  const auto page = nlohmann::json::parse(server.get("/2.0/repositories/tools", token).body);
  EXPECT_EQ(page.at("size"), 2);
  EXPECT_EQ(page.at("values").at(0).at("project").at("key"), "T");
  EXPECT_EQ(nlohmann::json::parse(server.get("/2.0/repositories/tools").body).at("size"), 1);
}

TEST_F(Seed, ResetGoesBackToTheFile) {
  testing::RunningSandbox server{with(kSeed)};
  EXPECT_EQ(server.send("DELETE /_sandbox/users/dora").status, 204);
  EXPECT_EQ(server.send("POST /_sandbox/reset").status, 204);
  EXPECT_FALSE(token_of(server).empty());
}

TEST_F(Seed, AFileMayBuildOnTheDemoData) {
  testing::RunningSandbox server{with(R"({"demo": true,
      "users": [{"nickname": "dora", "password": "d"}],
      "members": [{"workspace": "acme", "user": "dora", "permission": "owner"}]})")};
  EXPECT_EQ(server.send("GET /_sandbox/users/alice").status, 200);
  const auto minted =
      server.send("POST /_sandbox/tokens", "", R"({"user":"dora","consumer":"app"})");
  const std::string token = nlohmann::json::parse(minted.body).at("access_token");
  const auto page = nlohmann::json::parse(server.get("/2.0/repositories/acme", token).body);
  EXPECT_EQ(page.at("size"), 2) << "an owner sees the private one";
}

TEST_F(Seed, IsAddedWhileItRuns) {
  testing::RunningSandbox server{testing::control_options()};
  const auto added = server.send("POST /_sandbox/seed", "", kSeed);
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(nlohmann::json::parse(added.body).at("added").at("users"), 2);
  EXPECT_FALSE(token_of(server).empty());
  EXPECT_EQ(server.send("POST /_sandbox/seed", "", kSeed).status, 400) << "it is there already";
  EXPECT_EQ(server.send("GET /_sandbox/users/alice").status, 200);
}

TEST_F(Seed, S94_ABadFileIsRefusedWithThePlaceInIt) {
  EXPECT_THAT(refusal("{\n\"users\": [}"), HasSubstr("seed.json: line 2: is no JSON"));
  EXPECT_THAT(refusal(R"({"user": []})"), HasSubstr("user: unknown field; known are"));
  EXPECT_THAT(refusal(R"({"users": [{"nickname": "a", "password": "hunter2", "age": 3}]})"),
              ::testing::AllOf(HasSubstr("users[0].age: unknown field"),
                               ::testing::Not(HasSubstr("hunter2"))));
  EXPECT_THAT(refusal(R"({"consumers": [{"key": "k"}]})"),
              HasSubstr("consumers[0].workspace: there is no workspace 'acme'"));
  auto absent = testing::control_options();
  absent.seed_file = (folder / "absent").string();
  EXPECT_THROW(testing::RunningSandbox{std::move(absent)}, base::StartError);
}

TEST_F(Seed, OfAStoreThatWasFilledBeforeIsNotReadAgain) {
  for (const bool first : {true, false}) {
    auto options = with(kSeed);
    options.store = "sqlite:" + (folder / "data/store.sqlite").string();
    options.data_dir = (folder / "data").string();
    testing::RunningSandbox server{std::move(options)};
    const auto warned = ::testing::Matches(::testing::Contains(HasSubstr("--seed is not read")))(
        server.sandbox.warnings());
    EXPECT_EQ(warned, !first);
    EXPECT_EQ(nlohmann::json::parse(server.send("GET /_sandbox/users").body).at("size"), 2);
  }
}

}  // namespace
}  // namespace bbgrant::sandbox

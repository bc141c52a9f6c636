// SPDX-License-Identifier: MIT
// `bbgrant user` and `bbgrant consumer` on the store of a sandbox that runs.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/child.hpp"

namespace bbgrant::cli::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Administration : public ::testing::Test {
 protected:
  void SetUp() override {
    sandbox_ = json::parse(child_.read_line()).at("sandbox").get<std::string>();
  }

  [[nodiscard]] Start start() const {
    Start made{.arguments = {"sandbox", "--listen", "127.0.0.1:0", "--ready-json"},
               .folder = folder_.path()};
    made.arguments.insert(made.arguments.end(), store_.begin(), store_.end());
    return made;
  }
  Ended bbgrant(std::vector<std::string> arguments, const std::string& input = {}) const {
    if (std::ranges::find(arguments, "--store") == arguments.end()) {
      arguments.insert(arguments.end(), store_.begin(), store_.end());
    }
    return run({.arguments = std::move(arguments), .input = input});
  }
  json done(std::vector<std::string> arguments, const std::string& input = {}) const {
    arguments.emplace_back("--json");
    const Ended ended = bbgrant(std::move(arguments), input);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return json::parse(ended.out, nullptr, false);
  }
  Ended token(const std::string& name, const std::string& password,
              const std::map<std::string, std::string>& consumer = {}) const {
    return run({.arguments = {"token", "--grant", "password", "--username", name,
                              "--password-stdin", "--server", sandbox_, "--output", "token"},
                .environment = consumer,
                .input = password});
  }
  int use(std::string bearer) const {
    if (bearer.ends_with('\n')) bearer.pop_back();
    return run({.arguments = {"api", "--server", sandbox_, "/2.0/user"},
                .environment = {{"BBGRANT_ACCESS_TOKEN", bearer}}})
        .exit_code;
  }

  TemporaryFolder folder_;
  std::string data_ = (folder_.path() / "data").string();
  std::vector<std::string> store_ = store_flags({"--data-dir", data_});
  Child child_{start()};
  std::string sandbox_;
};

TEST_F(Administration, AUserThatIsAddedCanSignInAtOnce) {
  const json user = done({"user", "add", "dora", "--display-name", "Dora D", "--password-stdin"},
                         "correct horse\n");
  EXPECT_EQ(user.at("display_name"), "Dora D");
  EXPECT_FALSE(user.contains("password"));
  EXPECT_EQ(token("dora", "correct horse").exit_code, 0);
  EXPECT_THAT(bbgrant({"user", "list"}).out, AllOf(HasSubstr("dora"), HasSubstr("alice")));
}

TEST_F(Administration, S31_WhatEndsAUsersTokensDoesSoInARunningSandbox) {
  const struct {
    std::vector<std::string> arguments;
    std::string input;
    int after;
  } cases[] = {
      {{"user", "edit", "alice", "--email", "a@example.com"}, "", 0},
      {{"user", "password", "alice", "--password-stdin"}, "correct horse", 4},
      {{"user", "disable", "alice"}, "", 4},
      {{"user", "enable", "alice"}, "", 4},
      {{"user", "two-step", "alice", "on"}, "", 4},
  };
  std::string bearer = token("alice", "alice-password").out;
  for (const auto& line : cases) {
    ASSERT_EQ(bbgrant(line.arguments, line.input).exit_code, 0) << line.arguments[1];
    EXPECT_EQ(use(bearer), line.after) << line.arguments[1];
    if (line.arguments[1] == "enable") bearer = token("alice", "correct horse").out;
  }
  EXPECT_EQ(token("alice", "correct horse").exit_code, 4) << "two-step";
  EXPECT_EQ(bbgrant({"user", "remove", "alice"}).exit_code, 0);
  EXPECT_EQ(bbgrant({"user", "show", "alice"}).exit_code, 1);
}

TEST_F(Administration, TwoStepShowsItsSecretOnceAndNeverAgain) {
  EXPECT_EQ(done({"user", "two-step", "carol", "on"}).at("totp_secret").get<std::string>().size(),
            32U);
  EXPECT_FALSE(done({"user", "show", "carol"}).contains("totp_secret"));
  EXPECT_FALSE(done({"user", "two-step", "carol", "off"}).at("two_step"));
}

TEST_F(Administration, S70_ANewPasswordIsLongAndNotCommon) {
  for (const char* password :
       {"short12", "pässwör", "password123", "PassWord1", "12345678", "aaaaaaaaaa", "dora2024"}) {
    const Ended refused = bbgrant({"user", "add", "dora", "--password-stdin"}, password);
    EXPECT_EQ(refused.exit_code, 2) << password;
    EXPECT_THAT(refused.err, Not(HasSubstr(password)));
  }
  EXPECT_EQ(bbgrant({"user", "show", "dora"}).exit_code, 1);
}

TEST_F(Administration, S45_APasswordIsNoArgument) {
  const Ended refused = bbgrant({"user", "add", "dora", "--password", "hunter2hunter2"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, Not(HasSubstr("hunter2")));
}

TEST_F(Administration, AConsumersSecretIsShownOnceAndThenOnRequest) {
  const json added =
      done({"consumer", "add", "--name", "Mine", "--grant", "password", "--access-token-ttl", "90s",
            "--rotation", "on", "--permission", "account"});
  const std::string key = added.at("key");
  const std::string secret = added.at("secret");
  EXPECT_EQ(added.at("access_token_ttl"), 90);
  EXPECT_EQ(added.at("grants"), json::parse(R"(["password"])"));
  EXPECT_FALSE(done({"consumer", "show", key}).contains("secret"));
  EXPECT_EQ(done({"consumer", "show", key, "--secret"}).at("secret"), secret);

  const auto as = [&](const std::string& with) {
    return token("alice", "alice-password",
                 {{"BBGRANT_CONSUMER_KEY", key}, {"BBGRANT_CONSUMER_SECRET", with}});
  };
  const Ended got = as(secret);
  ASSERT_EQ(got.exit_code, 0) << got.err;
  const std::string renewed = done({"consumer", "renew", key}).at("secret");
  EXPECT_EQ(use(got.out), 4) << "S31";
  EXPECT_EQ(as(secret).exit_code, 4);
  EXPECT_EQ(as(renewed).exit_code, 0);

  const json edited = done({"consumer", "edit", key, "--grant", "profile", "--access-token-ttl",
                            "profile", "--rotation", "profile", "--kind", "public"});
  EXPECT_TRUE(edited.at("grants").is_null());
  EXPECT_TRUE(edited.at("access_token_ttl").is_null());
  EXPECT_TRUE(edited.at("rotation").is_null());
  EXPECT_FALSE(edited.at("private"));
  EXPECT_EQ(edited.at("name"), "Mine") << "what is not named stays";
  EXPECT_EQ(bbgrant({"consumer", "remove", key}).exit_code, 0);
  EXPECT_EQ(as(renewed).exit_code, 4);
}

TEST_F(Administration, S97_EachChangeOfAConsumerIsLoggedWhereNobodyWatches) {
  const json added = done({"consumer", "add", "--name", "Mine"});
  const std::string key = added.at("key");
  for (const auto& verb : {"edit", "renew", "remove"}) {
    const Ended ended = bbgrant({"consumer", verb, key});
    EXPECT_THAT(ended.err, AllOf(HasSubstr("\"event\":\"consumer_changed\""), HasSubstr(key),
                                 HasSubstr("\"door\":\"command line\"")))
        << verb;
    EXPECT_THAT(ended.err, Not(HasSubstr(added.at("secret").get<std::string>())));
  }
}

TEST_F(Administration, WhatIsWrongIsSaidWithItsExitCode) {
  const struct {
    std::vector<std::string> arguments;
    int code;
    const char* says;
  } cases[] = {
      {{"user"}, 2, "subcommand"},
      {{"user", "add"}, 2, "nickname is required"},
      {{"user", "add", "a@b", "--password-stdin"}, 2, "nickname: expected"},
      {{"user", "add", "alice", "--password-stdin"}, 2, "is there already"},
      {{"user", "edit", "nobody"}, 1, "there is no user 'nobody'"},
      {{"user", "remove", "nobody"}, 1, "there is no user 'nobody'"},
      {{"user", "two-step", "alice", "maybe"}, 2, "state"},
      {{"consumer", "add"}, 2, "--name is required"},
      {{"consumer", "add", "--name", "x", "--permission", "acount"}, 2, "knows no 'acount'"},
      {{"consumer", "add", "--name", "x", "--callback-url", "/cb"}, 2, "callback_url: expected"},
      {{"consumer", "add", "--name", "x", "--workspace", "none"}, 2, "there is no workspace"},
      {{"consumer", "add", "--name", "x", "--access-token-ttl", "soon"}, 2, "--access-token-ttl"},
      {{"consumer", "show", "none"}, 1, "there is no consumer 'none'"},
      {{"user", "list", "--store", "memory"}, 2, "--control"},
  };
  for (const auto& line : cases) {
    const Ended ended = bbgrant(line.arguments, "correct horse");
    EXPECT_EQ(ended.exit_code, line.code) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(line.says));
    EXPECT_EQ(ended.out, "");
  }
  const Ended absent =
      run({.arguments = {"user", "list", "--data-dir", (folder_.path() / "absent").string()}});
  EXPECT_EQ(absent.exit_code, 2);
  EXPECT_THAT(absent.err, HasSubstr("there is no store at"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "absent"));
}

}  // namespace
}  // namespace bbgrant::cli::testing

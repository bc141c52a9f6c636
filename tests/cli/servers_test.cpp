// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include "cli/child.hpp"
#include "support/tls_server.hpp"

namespace bbgrant::cli::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

const std::vector<std::string> kServe{"serve",   "--port",      "0",      "--sandbox-port",
                                      "0",       "--store",     "memory", "--password-cost",
                                      "minimal", "--ready-json"};

const std::vector<std::string> kAlice{"token", "--grant", "password", "--username",
                                      "alice", "--scope", "account"};

std::vector<std::string> with(std::vector<std::string> arguments,
                              const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// App and sandbox, started as a person would start them.
class RunningServers : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string line = child_.read_line();
    ready_ = json::parse(line, nullptr, false);
    ASSERT_TRUE(ready_.is_object()) << line << child_.wait().err;
    app_ = ready_.at("app").get<std::string>();
    sandbox_ = ready_.at("sandbox").get<std::string>();
  }

  [[nodiscard]] Ended token(const std::vector<std::string>& more,
                            const std::string& password = "alice-password") const {
    return run({.arguments = with(kAlice, with({"--password-stdin", "--server", sandbox_}, more)),
                .input = password});
  }
  [[nodiscard]] std::string access_token() const {
    std::string text = token({"--output", "token"}).out;
    if (text.ends_with('\n')) text.pop_back();
    return text;
  }
  [[nodiscard]] Ended api(const std::vector<std::string>& arguments,
                          const std::string& bearer) const {
    return run({.arguments = with({"api", "--server", sandbox_}, arguments),
                .environment = {{"BBGRANT_ACCESS_TOKEN", bearer}}});
  }

  TemporaryFolder folder_;
  Child child_{{.arguments = kServe, .folder = folder_.path()}};
  json ready_;
  std::string app_;
  std::string sandbox_;
};

TEST_F(RunningServers, GiveATokenThatReadsTheProfileAndStopWithZero) {
  EXPECT_THAT(app_, MatchesRegex("http://localhost:[0-9]+"));
  EXPECT_THAT(sandbox_, MatchesRegex("http://localhost:[0-9]+"));
  const Ended got = token({});
  ASSERT_EQ(got.exit_code, 0) << got.err;
  const json answer = json::parse(got.out);
  EXPECT_EQ(answer.at("token_type"), "bearer");
  EXPECT_THAT(got.err, HasSubstr("Token for alice, good for 2 hours: account"));

  const Ended user = api({"/2.0/user"}, answer.at("access_token").get<std::string>());
  ASSERT_EQ(user.exit_code, 0) << user.err;
  EXPECT_EQ(json::parse(user.out).at("nickname"), "alice");

  child_.signal(SIGTERM);
  EXPECT_EQ(child_.wait().exit_code, 0);
}

TEST_F(RunningServers, StopWithZeroOnInterrupt) {
  child_.signal(SIGINT);
  EXPECT_EQ(child_.wait().exit_code, 0);
}

TEST_F(RunningServers, AnswerTheHealthCheck) {
  EXPECT_EQ(run({.arguments = {"healthcheck", sandbox_ + "/healthcheck"}}).exit_code, 0);
  EXPECT_EQ(run({.arguments = {"healthcheck", app_ + "/healthcheck"}}).exit_code, 0);
  const std::string port = sandbox_.substr(sandbox_.rfind(':') + 1);
  EXPECT_EQ(run({.arguments = {"healthcheck", "sandbox"},
                 .environment = {{"BBGRANT_SANDBOX_PORT", port}}})
                .exit_code,
            0);
  EXPECT_EQ(run({.arguments = {"healthcheck", sandbox_ + "/absent"}}).exit_code, 1);
}

TEST_F(RunningServers, OutputIsOneFormAtATime) {
  const std::string bearer = access_token();
  EXPECT_THAT(bearer, AllOf(Not(HasSubstr("\n")), Not(HasSubstr(" "))));
  EXPECT_THAT(token({"--output", "header"}).out, MatchesRegex("Authorization: Bearer [^ ]+\n"));
  EXPECT_EQ(token({"--output", "token"}).err, "");
}

TEST_F(RunningServers, RefusalsAreExit4WithTheReason) {
  const Ended wrong = token({"--output", "token"}, "not-the-password");
  EXPECT_EQ(wrong.exit_code, 4);
  EXPECT_EQ(wrong.out, "");
  EXPECT_THAT(wrong.err, Not(HasSubstr("not-the-password")));

  const Ended bob =
      run({.arguments = {"token", "--grant", "password", "--username", "bob", "--server", sandbox_},
           .environment = {{"BBGRANT_PASSWORD", "bob-password"}}});
  EXPECT_EQ(bob.exit_code, 4);

  const Ended bad_token = api({"/2.0/user"}, "no-such-token");
  EXPECT_EQ(bad_token.exit_code, 4);
  EXPECT_EQ(json::parse(bad_token.out).at("type"), "error");
}

TEST_F(RunningServers, ApiErrorsOtherThan401AreExit1AndTheBodyIsStillData) {
  const Ended absent = api({"/2.0/no-such-thing"}, access_token());
  EXPECT_EQ(absent.exit_code, 1) << absent.err;
  EXPECT_EQ(json::parse(absent.out).at("type"), "error");
}

TEST_F(RunningServers, ApiIncludesHeadersWhenAsked) {
  const Ended user = api({"--include", "/2.0/user"}, access_token());
  EXPECT_THAT(user.out, AllOf(HasSubstr("HTTP 200\n"), HasSubstr("application/json")));
}

TEST_F(RunningServers, VerboseShowsTheWireButNoSecret) {
  const Ended got = token({"-v"});
  const std::string bearer = json::parse(got.out).at("access_token").get<std::string>();
  EXPECT_THAT(got.err, AllOf(HasSubstr("POST " + sandbox_ + "/site/oauth2/access_token"),
                             HasSubstr("Authorization: Basic ***"), HasSubstr("200 OK")));
  // Base64 of the key begins so.
  for (const std::string& secret :
       {std::string{"alice-password"}, bearer, std::string{"YmJncmFudERlbW9DbGlLZXk"},
        std::string{"bbgrant-demo-cli-secret"}}) {
    EXPECT_THAT(got.err, Not(HasSubstr(secret)));
  }
  const Ended user = api({"-v", "/2.0/user"}, bearer);
  EXPECT_THAT(user.err, AllOf(HasSubstr("GET " + sandbox_ + "/2.0/user"), Not(HasSubstr(bearer))));

  child_.signal(SIGTERM);
  const Ended servers = child_.wait();
  EXPECT_THAT(servers.err, Not(HasSubstr(bearer)));
  // The note for people names it; no line of the log does.
  for (std::size_t at = servers.err.find('{'); at != std::string::npos;) {
    const std::size_t end = servers.err.find('\n', at);
    EXPECT_THAT(servers.err.substr(at, end - at), Not(HasSubstr("alice-password")));
    at = servers.err.find('{', end);
  }
}

TEST_F(RunningServers, PipedPasswordIsTakenByteForByteButForItsLineEnd) {
  EXPECT_EQ(token({"--output", "token"}, "alice-password\n").exit_code, 0);
  EXPECT_EQ(token({"--output", "token"}, "alice-password\r\n").exit_code, 0);
  EXPECT_EQ(token({"--output", "token"}, "alice-password \n").exit_code, 4);
  // S86: the client library sends no line end inside of a value.
  EXPECT_EQ(token({"--output", "token"}, "alice-password\n\n").exit_code, 2);
}

TEST_F(RunningServers, TerminalGetsColourAndPrettyJson) {
  const std::map<std::string, std::string> environment{{"BBGRANT_ACCESS_TOKEN", access_token()},
                                                       {"TERM", "xterm"}};
  const std::vector<std::string> arguments{"api", "-v", "/2.0/user", "--server", sandbox_};
  TerminalChild coloured{{.arguments = arguments, .environment = environment}};
  EXPECT_EQ(coloured.wait(), 0);
  EXPECT_THAT(coloured.screen(), AllOf(HasSubstr("\x1b[1mGET"), HasSubstr("\r\n  \"nickname\"")));

  std::map<std::string, std::string> without{environment};
  without.emplace("NO_COLOR", "1");
  TerminalChild plain{{.arguments = arguments, .environment = without}};
  EXPECT_EQ(plain.wait(), 0);
  EXPECT_THAT(plain.screen(), Not(HasSubstr("\x1b[")));
}

TEST_F(RunningServers, SandboxAloneOnABusyPortIsRefusedInOneLine) {
  const std::string port = sandbox_.substr(sandbox_.rfind(':') + 1);
  const Ended ended = run({.arguments = {"sandbox", "--store", "memory", "--listen",
                                         "127.0.0.1:" + port, "--log-level", "off"},
                           .folder = folder_.path()});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr(port));
}

std::string only_line(const Ended& ended) {
  EXPECT_EQ(ended.exit_code, 2) << ended.err;
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  return ended.err;
}

class S94_WrongStart : public ::testing::Test {
 protected:
  [[nodiscard]] Ended serve(const std::vector<std::string>& arguments) const {
    return run(
        {.arguments = with({"serve", "--log-level", "off"}, arguments), .folder = folder_.path()});
  }

  TemporaryFolder folder_;
};

TEST_F(S94_WrongStart, BusyAppPortIsNamedAndTheSandboxDoesNotStayAlone) {
  const SilentListener busy;
  const std::string port = std::to_string(busy.port());
  const std::string line =
      only_line(serve({"--port", port, "--sandbox-port", "0", "--store", "memory"}));
  EXPECT_THAT(line, HasSubstr(port));
}

TEST_F(S94_WrongStart, BusySandboxPortIsNamed) {
  const SilentListener busy;
  const std::string port = std::to_string(busy.port());
  EXPECT_THAT(only_line(serve({"--port", "0", "--sandbox-port", port, "--store", "memory"})),
              HasSubstr(port));
}

TEST_F(S94_WrongStart, DataFolderThatCannotBeWrittenIsNamed) {
  folder_.write("file", "x");
  const std::string data_dir = (folder_.path() / "file/data").string();
  EXPECT_THAT(only_line(serve({"--port", "0", "--sandbox-port", "0", "--data-dir", data_dir})),
              AllOf(HasSubstr(data_dir), HasSubstr("--data-dir")));
  EXPECT_THAT(only_line(serve({"--port", "0", "--sandbox-port", "0", "--data-dir", "/proc/none"})),
              AllOf(HasSubstr("/proc/none"), HasSubstr("--data-dir")));
}

TEST_F(S94_WrongStart, BrokenConfigIsNamedWithItsLine) {
  folder_.write("config.json", "{\n  \"consumerKey\": \"k\",\n  \"prot\": 1\n}");
  EXPECT_EQ(only_line(serve({})),
            "bbgrant: config.json:3: prot: unknown key, did you mean port?\n");
}

TEST_F(S94_WrongStart, HalfAConsumerIsRefused) {
  folder_.write("config.json", "{\"consumerKey\": \"k\"}");
  EXPECT_THAT(only_line(serve({})), HasSubstr("consumerSecret"));
}

TEST(Serve, WithoutConfigSaysThatItUsesTheDemoConsumers) {
  const TemporaryFolder folder;
  Child child{{.arguments = kServe, .folder = folder.path()}};
  EXPECT_THAT(child.read_line(), HasSubstr("\"app\""));
  child.signal(SIGTERM);
  const Ended ended = child.wait();
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("no config.json in this folder"),
                               HasSubstr("alice  alice-password")));
}

TEST(Serve, WithTlsTheAppReachesItsSandboxByHttps) {
  const TemporaryFolder folder;
  const auto identity = bbgrant::testing::certify({}, nullptr);
  const std::string cert = folder.path() / "cert.pem";
  const std::string key = folder.path() / "key.pem";
  identity.write_certificate(cert);
  identity.write_key(key);
  Child child{
      {.arguments = with(kServe, {"--tls-cert", cert, "--tls-key", key}), .folder = folder.path()}};
  const json ready = json::parse(child.read_line());
  EXPECT_THAT(ready.at("sandbox").get<std::string>(), MatchesRegex("https://localhost:[0-9]+"));
  const std::string app = ready.at("app").get<std::string>() + "/healthcheck";
  const Ended health = run({.arguments = {"healthcheck", app}});
  EXPECT_EQ(health.exit_code, 0) << health.out;

  const Ended half = run(
      {.arguments = {"sandbox", "--store", "memory", "--tls-cert", cert}, .folder = folder.path()});
  EXPECT_EQ(half.exit_code, 2);
  EXPECT_THAT(half.err, HasSubstr("--tls-cert and --tls-key go together"));
  const Ended absent = run({.arguments = {"sandbox", "--listen", "127.0.0.1:0", "--store", "memory",
                                          "--tls-cert", cert + "x", "--tls-key", key},
                            .folder = folder.path()});
  EXPECT_EQ(absent.exit_code, 2);
  EXPECT_THAT(absent.err, HasSubstr(cert + "x"));
}

TEST(Serve, StoreMemoryLeavesNothingOnDisk) {
  const TemporaryFolder folder;
  Child child{{.arguments = kServe,
               .environment = {{"HOME", folder.path().string()}},
               .folder = folder.path()}};
  EXPECT_THAT(child.read_line(), HasSubstr("\"app\""));
  child.signal(SIGTERM);
  EXPECT_EQ(child.wait().exit_code, 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Serve, WithoutSandboxStartsTheAppOnly) {
  const TemporaryFolder folder;
  Child child{{.arguments = {"serve", "--no-sandbox", "--port", "0", "--sandbox-port", "1",
                             "--store", "memory", "--ready-json"},
               .folder = folder.path()}};
  const json ready = json::parse(child.read_line());
  EXPECT_TRUE(ready.contains("app"));
  EXPECT_FALSE(ready.contains("sandbox"));
  child.signal(SIGTERM);
  EXPECT_EQ(child.wait().exit_code, 0);
}

TEST(Sandbox, StartsAloneKeepsItsDataBesideTheConfigAndStopsWithZero) {
  const TemporaryFolder folder;
  folder.write("config.json", "{\"sandboxPort\": 0}");
  Child child{{.arguments = {"sandbox", "--ready-json", "--password-cost", "minimal"},
               .folder = folder.path()}};
  const json ready = json::parse(child.read_line());
  EXPECT_FALSE(ready.contains("app"));
  EXPECT_EQ(
      run({.arguments = {"healthcheck", ready.at("sandbox").get<std::string>() + "/healthcheck"}})
          .exit_code,
      0);
  child.signal(SIGTERM);
  EXPECT_EQ(child.wait().exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "data"));
}

TEST(Sandbox, TalksToPeopleOnStdoutWithoutReadyJson) {
  const TemporaryFolder folder;
  Child child{{.arguments = {"sandbox", "--store", "memory", "--password-cost", "minimal",
                             "--listen", "localhost:0"},
               .folder = folder.path()}};
  EXPECT_THAT(child.read_line(), MatchesRegex("Sandbox  http://localhost:[0-9]+"));
  child.signal(SIGINT);
  const Ended ended = child.wait();
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out, HasSubstr("Ctrl-C stops."));
}

}  // namespace
}  // namespace bbgrant::cli::testing

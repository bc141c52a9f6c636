// SPDX-License-Identifier: MIT
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "cli/child.hpp"

namespace bbgrant::cli::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::vector<std::string> kToken{"token", "--grant", "password", "--username", "alice"};

std::vector<std::string> with(std::vector<std::string> arguments,
                              const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::string loopback(const SilentListener& listener) {
  return "http://127.0.0.1:" + std::to_string(listener.port());
}

std::string contents(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

struct Wrong {
  const char* name;
  std::vector<std::string> arguments;
  const char* says;
};

void PrintTo(const Wrong& row, std::ostream* out) { *out << row.name; }

class WrongUse : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongUse, ExitsWith2AndSaysWhyOnStderr) {
  const Ended ended = run({.arguments = GetParam().arguments});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongUse,
    ::testing::Values(
        Wrong{"Nothing", {}, "Subcommands:"},
        Wrong{"UnknownCommand", {"tokn"}, "unknown command tokn, did you mean token?"},
        Wrong{"UnknownOption",
              {"serve", "--prot", "1"},
              "unknown option --prot, did you mean --port?"},
        Wrong{"MissingValue", {"serve", "--port"}, "--port"},
        Wrong{"BadPort", {"serve", "--port", "70000"}, "--port: expected a whole number"},
        Wrong{"BadStore",
              {"sandbox", "--store", "x"},
              "--store: expected memory, sqlite:FILE or postgresql://"},
        Wrong{"BadTime",
              {"sandbox", "--store", "memory", "--access-token-ttl", "2"},
              "--access-token-ttl: expected a time such as 90s, 15m or 2h"},
        Wrong{"BadListen",
              {"sandbox", "--store", "memory", "--listen", "example.com:1"},
              "--listen: expected an IP address with a port"},
        Wrong{"TwoPorts",
              {"sandbox", "--store", "memory", "--listen", "127.0.0.1:1", "--listen", "[::1]:2"},
              "--listen: expected the same port for every address"},
        Wrong{"ExclusiveFlags",
              {"serve", "--sandbox-port", "1", "--listen", "127.0.0.1:1"},
              "--sandbox-port and --listen exclude each other"},
        Wrong{"BadBaseUrl",
              {"sandbox", "--store", "memory", "--base-url", "http://sandbox/x"},
              "--base-url: expected an origin without a path"},
        Wrong{"BadCompat", {"sandbox", "--compat", "2020"}, "--compat: expected 2019 or 2026"},
        Wrong{"NoGrant", {"token"}, "--grant is required"},
        Wrong{"OtherGrant", {"token", "--grant", "implicit"}, "--grant: expected password"},
        Wrong{"NoUser", {"token", "--grant", "password"}, "--username"},
        Wrong{"NoTerminal", kToken, "use --password-stdin or BBGRANT_PASSWORD"},
        Wrong{"BadOutput",
              {"token", "--grant", "password", "--output", "x"},
              "--output: expected json, token or header"},
        Wrong{"DemoConsumerToAnIssuer", with(kToken, {"--server", "https://example.com"}),
              "the demo consumer is for the sandbox on this machine only"},
        Wrong{"DemoConsumerAbroad", with(kToken, {"--server", "bitbucket"}),
              "the demo consumer is for the sandbox on this machine only"},
        Wrong{"JwtWithoutSubject", {"token", "--grant", "jwt"}, "needs --subject"},
        Wrong{"RefreshWithoutToken",
              {"token", "--grant", "refresh_token"},
              "--token-stdin, or BBGRANT_REFRESH_TOKEN"},
        Wrong{"EmptyRefreshToken",
              {"token", "--grant", "refresh_token", "--token-stdin"},
              "standard input holds no refresh token"},
        Wrong{"NoPrompt", with(kToken, {"--no-prompt"}),
              "--no-prompt: give the password by --password-stdin or BBGRANT_PASSWORD"},
        Wrong{"BadTimeout", with(kToken, {"--timeout", "0s"}),
              "--timeout: expected a time such as"},
        Wrong{"PasswordForNobody",
              {"login", "--password-stdin"},
              "--password-stdin needs --username NAME"},
        Wrong{"BadBrowserTimeout",
              {"login", "--browser-timeout", "5"},
              "--browser-timeout: expected a time such as"},
        Wrong{"BadCallback",
              {"login", "--callback-url", "here"},
              "--callback-url: expected an absolute http:// or https:// URL"},
        Wrong{"NoFolderForTheLogin", {"login", "--no-browser"}, "set XDG_STATE_HOME, or HOME"},
        Wrong{"FieldWithoutValue",
              {"api", "/2.0/x", "-f", "title"},
              "--raw-field: expected NAME=VALUE, such as title=Hello or project[key]=WEB"},
        Wrong{"OpenBracket", {"api", "/2.0/x", "-F", "a[b=1"}, "--field: expected NAME=VALUE"},
        Wrong{"FieldsThatDoNotFit",
              {"api", "/2.0/x", "-f", "a=1", "-f", "a[b]=1"},
              "--raw-field: a[b] does not fit to a field before it"},
        Wrong{"NoSuchFile", {"api", "/2.0/x", "--input", "/none"}, "--input: /none cannot be read"},
        Wrong{"NoSuchFieldFile",
              {"api", "/2.0/x", "-F", "a=@/none"},
              "--field: /none cannot be read"},
        Wrong{"InputAndField",
              {"api", "/2.0/x", "--input", "-", "-f", "a=1"},
              "--input and --field exclude each other"},
        Wrong{"HeaderWithoutValue", {"api", "/2.0/x", "-H", "X"}, "--header: expected NAME:VALUE"},
        Wrong{"PagesOfAPost", {"api", "/2.0/x", "--paginate", "-X", "POST"}, "GET only"},
        Wrong{"PagesWithHeads", {"api", "/2.0/x", "--paginate", "-i"}, "without --include"},
        Wrong{"BadFilter", {"api", "/2.0/x", "--jq", ".["}, "--jq: jq: error: syntax error"},
        Wrong{"NoPath", {"api"}, "path is required"},
        Wrong{"BadKind", {"revoke", "--kind", "id"}, "--kind: expected access or refresh"},
        Wrong{"NoTokenOnInput", {"inspect", "--token-stdin"}, "standard input holds no token"},
        Wrong{"NoAction", {"git-credential"}, "action is required"},
        Wrong{"NoCredential", {"git-credential", "get"}, "standard input holds no credential"},
        Wrong{"NoShell", {"completion"}, "shell is required"},
        Wrong{"OneTooMany", {"status", "now"}, "an argument too many"},
        Wrong{"NoSuchHelp", {"help", "xyz"}, "no help on that"},
        Wrong{"NoSuchTarget", {"healthcheck", "xyz"}, "expected app, sandbox, or the URL"}),
    [](const auto& row) { return row.param.name; });

TEST(ExitCodes, AreExplainedByHelp) {
  const Ended ended = run({.arguments = {"help", "exit-codes"}});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("4  authentication"), HasSubstr("130  interrupted")));
}

TEST(ExitCodes, HelpOfEveryCommandIsDone) {
  for (const char* command : {"serve", "sandbox", "login", "status", "token", "api", "refresh",
                              "revoke", "inspect", "logout", "user", "consumer", "git-credential",
                              "doctor", "healthcheck", "completion", "version", "help"}) {
    const Ended flag = run({.arguments = {command, "--help"}});
    EXPECT_EQ(flag.exit_code, 0) << command;
    EXPECT_THAT(flag.out,
                AllOf(HasSubstr(std::string{"Usage: bbgrant "} + command),
                      HasSubstr("Example:\n  "), HasSubstr("bbgrant " + std::string{command})));
    EXPECT_EQ(run({.arguments = {"help", command}}).out, flag.out);
  }
}

TEST(ExitCodes, UnreachableServerIs5) {
  const Ended token = run({.arguments = with(kToken, {"--server", "http://127.0.0.1:1"}),
                           .environment = {{"BBGRANT_PASSWORD", "alice-password"}}});
  EXPECT_EQ(token.exit_code, 5);
  EXPECT_EQ(run({.arguments = {"healthcheck", "http://127.0.0.1:1/healthcheck"}}).exit_code, 5);
}

TEST(ExitCodes, ApiWithoutTokenIs4AndSaysHowToGetOne) {
  const Ended ended = run({.arguments = {"api", "/2.0/user"}});
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr("sign in with bbgrant login, or set BBGRANT_ACCESS_TOKEN"));
}

TEST(ExitCodes, OutputThatCannotBeWrittenIs1) {
  const Ended ended = run({.arguments = {"version"}, .stdout_file = "/dev/full"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("standard output cannot be written: No space left"));
}

TEST(Version, IsTheSameInEveryForm) {
  const std::string line = run({.arguments = {"version"}}).out;
  EXPECT_THAT(line, StartsWith("bbgrant "));
  EXPECT_EQ(run({.arguments = {"--version"}}).out, line);
  const std::string number = line.substr(8, line.size() - 9);
  EXPECT_EQ(run({.arguments = {"version", "--json"}}).out,
            "{\"name\":\"bbgrant\",\"version\":\"" + number + "\"}\n");
}

TEST(S45_PasswordOnTheCommandLine, IsRefusedWithTheReasonAndNotRepeated) {
  for (const auto& arguments :
       {with(kToken, {"--password", "hunter2"}), with(kToken, {"--password=hunter2"}),
        with(kToken, {"--password"})}) {
    const Ended ended = run({.arguments = arguments});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("--password is not taken"), Not(HasSubstr("hunter2"))));
  }
}

TEST(S45_PasswordOnTheCommandLine, MistypedFlagDoesNotRepeatWhatStandsBehindIt) {
  for (const auto& arguments : {with(kToken, {"--pasword", "hunter2"}),
                                with(kToken, {"--passwd=hunter2"}), with(kToken, {"hunter2"})}) {
    const Ended ended = run({.arguments = arguments});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, Not(HasSubstr("hunter2")));
    EXPECT_THAT(ended.err, Not(HasSubstr("did you mean --password?")));
  }
}

TEST(S45_PasswordPrompt, DoesNotEchoAndGivesTheTerminalBack) {
  TerminalChild child{{.arguments = kToken, .environment = {{"BBGRANT_SANDBOX_PORT", "1"}}}};
  ASSERT_TRUE(child.shows("Password for alice: "));
  EXPECT_FALSE(child.echoes());
  child.type("hunter2\n");
  EXPECT_EQ(child.wait(), 5);
  EXPECT_TRUE(child.echoes());
  EXPECT_THAT(child.screen(), Not(HasSubstr("hunter2")));
}

TEST(S45_PasswordPrompt, InterruptRestoresTheTerminalAndIs130) {
  TerminalChild child{{.arguments = kToken}};
  ASSERT_TRUE(child.shows("Password for alice: "));
  ASSERT_FALSE(child.echoes());
  child.type("hunt\x03");
  EXPECT_EQ(child.wait(), 130);
  EXPECT_TRUE(child.echoes());
}

TEST(S45_PasswordPrompt, TerminationRestoresTheTerminal) {
  TerminalChild child{{.arguments = kToken}};
  ASSERT_TRUE(child.shows("Password for alice: "));
  ::kill(child.pid(), SIGTERM);
  EXPECT_EQ(child.wait(), 130);
  EXPECT_TRUE(child.echoes());
}

TEST(S45_PasswordPrompt, EndOfInputIsCancelled) {
  TerminalChild child{{.arguments = kToken}};
  ASSERT_TRUE(child.shows("Password for alice: "));
  child.type("\x04");
  EXPECT_EQ(child.wait(), 3);
  EXPECT_TRUE(child.echoes());
}

TEST(S14_PasswordKept, EnvironmentIsWipedAndCoreFilesAreOff) {
  const SilentListener listener;
  const Child child{{.arguments = with(kToken, {"--server", loopback(listener)}),
                     .environment = {{"BBGRANT_PASSWORD", "hunter2"}}}};
  ASSERT_TRUE(listener.reached(30s));
  const std::string process = "/proc/" + std::to_string(child.pid());
  EXPECT_THAT(contents(process + "/environ"), Not(HasSubstr("hunter2")));
  EXPECT_THAT(contents(process + "/cmdline"), Not(HasSubstr("hunter2")));
  const std::string limits = contents(process + "/limits");
  const std::size_t line = limits.find("Max core file size");
  ASSERT_NE(line, std::string::npos);
  EXPECT_THAT(limits.substr(line, 45), HasSubstr(" 0 "));
}

TEST(S98_HostileConfig, WorkingDirectorySendsNothingToTheServerItNames) {
  const SilentListener listener;
  const TemporaryFolder folder;
  folder.write("config.json", "{\"server\": \"" + loopback(listener) +
                                  "\", \"consumerKey\": \"k\", \"consumerSecret\": \"s\"}");
  // Where the default sandbox would be, nothing answers.
  const std::map<std::string, std::string> environment{{"BBGRANT_PASSWORD", "hunter2"},
                                                       {"BBGRANT_ACCESS_TOKEN", "hunter2"},
                                                       {"BBGRANT_SANDBOX_PORT", "1"},
                                                       {"HOME", folder.path().string()},
                                                       {"XDG_CONFIG_HOME", "."}};
  for (const auto& arguments : {kToken, std::vector<std::string>{"api", "/2.0/user"}}) {
    const Ended ended =
        run({.arguments = arguments, .environment = environment, .folder = folder.path()});
    EXPECT_EQ(ended.exit_code, 5) << ended.err;
  }
  EXPECT_FALSE(listener.reached(0ms));
}

TEST(S39_TokenSentElsewhere, ApiRefusesAnotherOrigin) {
  const SilentListener listener;
  for (const std::string& target :
       {loopback(listener) + "/2.0/user",
        "http://127.0.0.1:1@127.0.0.1:" + std::to_string(listener.port()) + "/",
        "//127.0.0.1:" + std::to_string(listener.port()) + "/"}) {
    const Ended ended = run({.arguments = {"api", target, "--server", "http://127.0.0.1:1"},
                             .environment = {{"BBGRANT_ACCESS_TOKEN", "hunter2"}}});
    EXPECT_NE(ended.exit_code, 0) << target;
    EXPECT_THAT(ended.err, Not(HasSubstr("hunter2")));
  }
  EXPECT_FALSE(listener.reached(0ms));
}

TEST(S72_UserIsTold, SentenceStandsOnceOnStderrAndNotWithOutput) {
  const std::string sentence =
      "This grant hands your password to the app. RFC 9700 says it must not be used, OAuth 2.1 "
      "leaves it out and Bitbucket Cloud has switched it off; use it to learn, to test, or to "
      "leave it.";
  const Start plain{.arguments = with(kToken, {"--server", "http://127.0.0.1:1"}),
                    .environment = {{"BBGRANT_PASSWORD", "x"}}};
  const std::string err = run(plain).err;
  EXPECT_THAT(err, HasSubstr(sentence));
  EXPECT_EQ(err.find(sentence), err.rfind(sentence));
  Start quiet = plain;
  quiet.arguments = with(plain.arguments, {"--output", "token"});
  EXPECT_THAT(run(quiet).err, Not(HasSubstr("hands your password")));
  EXPECT_THAT(run({.arguments = {"token", "--help"}}).out, HasSubstr(sentence));
}

TEST(S69_PasswordBytes, TooLongOrMissingOnStdinIsRefused) {
  const auto piped = with(kToken, {"--password-stdin", "--server", "http://127.0.0.1:1"});
  EXPECT_EQ(run({.arguments = piped, .input = ""}).exit_code, 2);
  EXPECT_EQ(run({.arguments = piped, .input = "\n"}).exit_code, 2);
  EXPECT_EQ(run({.arguments = piped, .input = std::string(1025, 'a')}).exit_code, 2);
  EXPECT_EQ(run({.arguments = piped, .input = std::string(1024, 'a') + "\n"}).exit_code, 5);
}

}  // namespace
}  // namespace bbgrant::cli::testing

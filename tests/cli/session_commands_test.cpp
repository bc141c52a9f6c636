// SPDX-License-Identifier: MIT
// What a login is good for: status, api, refresh, revoke, inspect, logout, doctor.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/child.hpp"
#include "support/scripted_server.hpp"

namespace bbgrant::cli::testing {
namespace {

using bbgrant::testing::answer;
using bbgrant::testing::Scripted;
using bbgrant::testing::ScriptedServer;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class Home {
 public:
  [[nodiscard]] Start start(std::vector<std::string> arguments) const {
    Start start{.arguments = std::move(arguments),
                .environment = {{"XDG_STATE_HOME", folder_.path().string()}}};
    return start;
  }
  // Signed in with these tokens, for a server that never sees the sign-in.
  void sign_in(const std::string& origin, const std::string& more) const {
    const std::string port = origin.substr(origin.rfind(':') + 1);
    folder_.write("bbgrant/http_127.0.0.1_" + port + "_bbgrantDemoCliKey.json",
                  R"({"version":1,"token_origin":")" + origin + R"(","api_origin":")" + origin +
                      R"(","consumer_key":"bbgrantDemoCliKey","token":{"access_token":"at-old",)"
                      R"("token_type":"bearer",)" +
                      more + "}}");
    std::filesystem::permissions(
        folder_.path() / ("bbgrant/http_127.0.0.1_" + port + "_bbgrantDemoCliKey.json"),
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

class WithSandbox : public ::testing::Test {
 protected:
  [[nodiscard]] Ended bbgrant(std::vector<std::string> arguments,
                              const std::string& input = {}) const {
    arguments.insert(arguments.end(), {"--server", sandbox_.origin()});
    Start start = home_.start(std::move(arguments));
    start.input = input;
    return run(start);
  }
  [[nodiscard]] Ended login() const {
    return bbgrant({"login", "--username", "alice", "--password-stdin"}, "alice-password");
  }

  Home home_;
  RunningSandbox sandbox_;
};

TEST_F(WithSandbox, LoginServesTheOtherCommandsUntilLogout) {
  const Ended signed_in = login();
  ASSERT_EQ(signed_in.exit_code, 0) << signed_in.err;
  EXPECT_EQ(signed_in.out, "");
  EXPECT_THAT(signed_in.err, HasSubstr("Signed in to " + sandbox_.origin() + " as alice"));

  EXPECT_EQ(bbgrant({"api", "/2.0/user", "--jq", ".nickname"}).out, "alice\n");
  EXPECT_EQ(bbgrant({"refresh"}).exit_code, 0);
  EXPECT_EQ(bbgrant({"api", "/2.0/user", "--jq", ".nickname"}).out, "alice\n");

  const Ended out = bbgrant({"logout"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  EXPECT_EQ(bbgrant({"api", "/2.0/user"}).exit_code, 4);
  EXPECT_EQ(bbgrant({"logout"}).exit_code, 0);
}

TEST_F(WithSandbox, StatusSaysWhoFromWhereUntilWhenAndNeverTheSecret) {
  EXPECT_EQ(bbgrant({"status"}).exit_code, 4);
  ASSERT_EQ(login().exit_code, 0);
  const Ended people = bbgrant({"status"});
  EXPECT_EQ(people.exit_code, 0) << people.err;
  EXPECT_THAT(people.out, AllOf(HasSubstr("Server        " + sandbox_.origin()),
                                HasSubstr("Signed in as  alice"),
                                HasSubstr("Token from    " + home_.path().string()),
                                HasSubstr(" UTC, for "), HasSubstr("Can refresh   yes")));
  const json programs = json::parse(bbgrant({"status", "--json"}).out);
  EXPECT_EQ(programs.at("user"), "alice");
  EXPECT_EQ(programs.at("usable"), true);
  EXPECT_EQ(programs.at("can_refresh"), true);
}

TEST_F(WithSandbox, StatusSaysThatTheEnvironmentGoesFirst) {
  ASSERT_EQ(login().exit_code, 0);
  Start start = home_.start({"status", "--server", sandbox_.origin()});
  start.environment.emplace("BBGRANT_ACCESS_TOKEN", "no-such-token");
  const Ended ended = run(start);
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("Token from    BBGRANT_ACCESS_TOKEN"),
                    HasSubstr("does not take the access token"), Not(HasSubstr("no-such-token"))));
}

TEST_F(WithSandbox, RevokedAccessTokenIsReplacedAndARevokedLoginIsGone) {
  ASSERT_EQ(login().exit_code, 0);
  EXPECT_EQ(bbgrant({"revoke", "--kind", "access"}).exit_code, 0);
  EXPECT_EQ(bbgrant({"api", "/2.0/user", "--jq", ".nickname"}).out, "alice\n");
  EXPECT_EQ(bbgrant({"revoke"}).exit_code, 0);
  EXPECT_EQ(bbgrant({"revoke"}).exit_code, 4);
  EXPECT_EQ(bbgrant({"status"}).exit_code, 4);
}

TEST_F(WithSandbox, RevokeTakesATokenFromStandardInput) {
  std::string token = bbgrant({"token", "--grant", "password", "--username", "alice",
                               "--password-stdin", "--output", "token"},
                              "alice-password")
                          .out;
  EXPECT_EQ(bbgrant({"revoke", "--token-stdin"}, token).exit_code, 0);
  token.pop_back();
  Start start = home_.start({"api", "/2.0/user", "--server", sandbox_.origin()});
  start.environment.emplace("BBGRANT_ACCESS_TOKEN", token);
  EXPECT_EQ(run(start).exit_code, 4);
}

TEST_F(WithSandbox, TokenIsGotByRefreshToken) {
  const json first = json::parse(bbgrant({"token", "--grant", "password", "--username", "alice",
                                          "--password-stdin", "--output", "json"},
                                         "alice-password")
                                     .out);
  const Ended ended = bbgrant({"token", "--grant", "refresh_token", "--token-stdin"},
                              first.at("refresh_token").get<std::string>() + "\n");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_NE(json::parse(ended.out).at("access_token"), first.at("access_token"));
}

TEST_F(WithSandbox, PagesBecomeOneArrayOrGoThroughJqOneByOne) {
  ASSERT_EQ(login().exit_code, 0);
  const Ended all = bbgrant({"api", "--paginate", "/2.0/repositories/acme?pagelen=1"});
  ASSERT_EQ(all.exit_code, 0) << all.err;
  EXPECT_EQ(json::parse(all.out).size(), 2U);
  EXPECT_EQ(bbgrant({"api", "--paginate", "/2.0/repositories/acme?pagelen=1", "--jq",
                     ".values[].full_name"})
                .out,
            "acme/hello\nacme/website\n");
  EXPECT_EQ(bbgrant({"api", "--paginate", "/2.0/user"}).exit_code, 1);
}

TEST_F(WithSandbox, DoctorFindsEverythingWell) {
  ASSERT_EQ(login().exit_code, 0);
  const Ended ended = bbgrant({"doctor"});
  EXPECT_EQ(ended.exit_code, 0) << ended.out;
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("ok   config"), HasSubstr("ok   server"), HasSubstr("ok   clock"),
                    HasSubstr("ok   token"), HasSubstr("ok   login   alice")));
}

TEST_F(WithSandbox, DoctorNamesAWrongConsumer) {
  Start start = home_.start({"doctor", "--server", sandbox_.origin()});
  start.environment.emplace("BBGRANT_CONSUMER_KEY", "nobody");
  start.environment.emplace("BBGRANT_CONSUMER_SECRET", "hunter2");
  const Ended ended = run(start);
  EXPECT_EQ(ended.exit_code, 4) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("FAIL token"), HasSubstr("BBGRANT_CONSUMER_SECRET"),
                               HasSubstr("warn login"), Not(HasSubstr("hunter2"))));
}

TEST(Doctor, SaysWhatToDoWhenNobodyAnswers) {
  const Home home;
  const Ended ended = run(home.start({"doctor", "--server", "http://127.0.0.1:1"}));
  EXPECT_EQ(ended.exit_code, 5);
  EXPECT_THAT(ended.out, HasSubstr("FAIL server"));
}

TEST(Doctor, MeasuresTheClocks) {
  const ScriptedServer server{[](const std::string&) {
    return answer(404, "{}", "Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n");
  }};
  const Home home;
  const Ended ended = run(home.start({"doctor", "--server", server.origin()}));
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("FAIL clock"), HasSubstr("Set this machine's clock")));
}

// The token endpoint counts; the API wants the new token.
class OldLogin : public ::testing::Test {
 protected:
  static Scripted script(const std::string& request) {
    if (request.starts_with("POST /site/oauth2/access_token")) {
      ::usleep(100'000);  // long enough for the others to come
      return answer(200, R"({"access_token":"at-new","refresh_token":"rt-new",)"
                         R"("token_type":"bearer","expires_in":7200})");
    }
    if (request.find("Bearer at-new") == std::string::npos) {
      return answer(request.starts_with("GET /2.0/") ? 401 : 404, R"({"type":"error"})");
    }
    return answer(200, R"({"nickname":"alice"})");
  }
  [[nodiscard]] std::size_t token_requests() const {
    std::size_t count = 0;
    for (const std::string& request : server_.requests()) {
      if (request.starts_with("POST /site/oauth2/access_token")) ++count;
    }
    return count;
  }

  Home home_;
  ScriptedServer server_{script};
};

// S42: one request, however many processes share the file.
TEST_F(OldLogin, S42_EightProcessesRefreshOnce) {
  home_.sign_in(server_.origin(), R"("issued_at":1,"expires_in":10,"refresh_token":"rt-old")");
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(std::make_unique<Child>(
        home_.start({"api", "/2.0/user", "--jq", ".nickname", "--server", server_.origin()})));
  }
  for (const auto& child : children) {
    const Ended ended = child->wait();
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_EQ(ended.out, "alice\n");
  }
  EXPECT_EQ(token_requests(), 1U);
}

TEST_F(OldLogin, RefusedTokenIsRefreshedOnceAndTheCallRepeated) {
  home_.sign_in(server_.origin(), R"("issued_at":1,"refresh_token":"rt-old")");
  const Ended ended = run(home_.start({"api", "-v", "/2.0/user", "--server", server_.origin()}));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(token_requests(), 1U);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("401"), HasSubstr("access_token"), Not(HasSubstr("at-")),
                               Not(HasSubstr("rt-"))));
}

TEST_F(OldLogin, WithoutRefreshTokenIsExit4AndSaysToSignInAgain) {
  home_.sign_in(server_.origin(), R"("issued_at":1)");
  const Ended api = run(home_.start({"api", "/2.0/user", "--server", server_.origin()}));
  EXPECT_EQ(api.exit_code, 4);
  EXPECT_THAT(api.err, HasSubstr("Sign in again with: bbgrant login"));
  EXPECT_EQ(run(home_.start({"refresh", "--server", server_.origin()})).exit_code, 4);
  EXPECT_EQ(run(home_.start({"status", "--server", server_.origin()})).exit_code, 4);
  EXPECT_EQ(token_requests(), 0U);
}

TEST_F(OldLogin, InspectSaysWhatIsKnownHereWhereNothingIsOffered) {
  home_.sign_in(server_.origin(), R"("issued_at":1,"expires_in":10,"scope":"account")");
  const Ended ended = run(home_.start({"inspect", "--server", server_.origin()}));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const json known = json::parse(ended.out);
  EXPECT_EQ(known.at("active"), false);
  EXPECT_EQ(known.at("exp"), 11);
  EXPECT_EQ(known.at("scope"), "account");
}

// S44, S98: the token goes nowhere but to whom it is bound.
TEST_F(OldLogin, S98_FileOfAnotherServerIsRefused) {
  const ScriptedServer other{answer(404, "{}")};
  home_.sign_in(server_.origin(), R"("issued_at":1)");
  const auto folder = home_.path() / "bbgrant";
  const auto name = [](const ScriptedServer& server) {
    return "http_127.0.0.1_" + std::to_string(server.port()) + "_bbgrantDemoCliKey.json";
  };
  std::filesystem::rename(folder / name(server_), folder / name(other));
  const Ended ended = run(home_.start({"api", "/2.0/user", "--server", other.origin()}));
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("another server"));
  EXPECT_THAT(other.requests(), Each(Not(HasSubstr("Bearer"))));
}

TEST(Api, SendsFieldsAsJsonOrAsTheQuery) {
  const ScriptedServer server{[](const std::string& request) {
    return answer(request.starts_with("GET /.well-known") ? 404 : 200, "{}");
  }};
  const Home home;
  const auto sent = [&](std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), {"api", "--server", server.origin()});
    Start start = home.start(std::move(arguments));
    start.environment.emplace("BBGRANT_ACCESS_TOKEN", "t");
    start.input = input;
    const Ended ended = run(start);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return server.requests().back();
  };
  EXPECT_THAT(
      sent({"-f", "title=1", "-F", "count=1", "-F", "on=true", "-f", "project[key]=WEB", "/2.0/x"}),
      AllOf(StartsWith("POST /2.0/x "), HasSubstr("application/json"),
            HasSubstr(R"({"title":"1","project":{"key":"WEB"},"count":1,"on":true})")));
  EXPECT_THAT(sent({"-X", "GET", "-f", "q=name ~ \"a&b\"", "/2.0/x?pagelen=1"}),
              AllOf(StartsWith("GET /2.0/x?pagelen=1&q=name%20~%20%22a%26b%22 ")));
  EXPECT_THAT(sent({"-X", "PUT", "/2.0/x", "--input", "-", "-H", "Content-Type: text/plain", "-H",
                    "X-Extra: yes"},
                   "body"),
              AllOf(StartsWith("PUT /2.0/x "), HasSubstr("Content-Type: text/plain"),
                    HasSubstr("X-Extra: yes"), HasSubstr("\r\n\r\nbody")));
}

TEST(Timeout, IsExit3) {
  const ScriptedServer server{[](const std::string& request) {
    if (request.starts_with("GET /.well-known")) return answer(404, "{}");
    return Scripted{.bytes = "HTTP/1.1 200 OK\r\n", .after = Scripted::After::kStall};
  }};
  const Home home;
  Start start = home.start({"api", "/2.0/user", "--timeout", "1s", "--server", server.origin()});
  start.environment.emplace("BBGRANT_ACCESS_TOKEN", "t");
  EXPECT_EQ(run(start).exit_code, 3);

  // On a terminal one sees that it goes on, and the line is taken back.
  start.environment.emplace("TERM", "xterm");
  TerminalChild child{start};
  EXPECT_EQ(child.wait(), 3);
  EXPECT_THAT(child.screen(), HasSubstr("Waiting for 127.0.0.1 |"));
  start.arguments.emplace_back("--silent");
  TerminalChild silent{start};
  EXPECT_EQ(silent.wait(), 3);
  EXPECT_THAT(silent.screen(), Not(HasSubstr("Waiting")));
}

}  // namespace
}  // namespace bbgrant::cli::testing

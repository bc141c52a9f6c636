// SPDX-License-Identifier: MIT
// /oauth-callback as scripts and as address bars use it.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "running_app.hpp"
#include "support/scripted_server.hpp"

namespace bbgrant::app {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
namespace support = bbgrant::testing;

class Callback : public ::testing::Test {
 protected:
  Page script(const std::string& form) {
    return post_as_script(both.running->origin(), "/oauth-callback", form);
  }

  AppWithSandbox both;
};

TEST_F(Callback, ScriptGetsWhatTheServerSaid) {
  const Page page = script("username=alice&password=alice-password&scope=account");
  ASSERT_EQ(page.status, 200) << page.body;
  const json token = json::parse(page.body);
  EXPECT_FALSE(token["access_token"].get<std::string>().empty());
  EXPECT_EQ(token["scopes"], "account");
  EXPECT_EQ(token["expires_in"], 7200);
  EXPECT_EQ(token["token_type"], "bearer");
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
  EXPECT_EQ(page.header("Content-Type"), "application/json; charset=utf-8");
}

TEST_F(Callback, S47_ScriptGetsNoSession) {
  EXPECT_EQ(script("username=alice&password=alice-password").header("Set-Cookie"), "");
}

TEST_F(Callback, ScriptGetsTheServersOwnRefusal) {
  for (const char* form : {"username=bob&password=bob-password", "username=alice&password=wrong",
                           "username=nobody&password=x"}) {
    const Page page = script(form);
    EXPECT_EQ(page.status, 400) << form;
    const json error = json::parse(page.body);
    EXPECT_EQ(error["error"], "invalid_request") << form;
    EXPECT_EQ(error["error_description"], "Invalid resource owner username/password") << form;
  }
}

TEST_F(Callback, BadFormsAreRefusedBeforeAnythingIsSent) {
  struct Case {
    const char* form;
    int status;
    const char* error;
  };
  for (const auto& [form, status, error] :
       {Case{"password=x", 400, "invalid_request"}, Case{"username=alice", 400, "invalid_request"},
        Case{"username=alice&password=", 400, "invalid_request"},
        Case{"username=a&username=a&password=x", 400, "invalid_request"},
        Case{"username=a&password=x&password=x", 400, "invalid_request"},
        Case{"username=a&password=x&grant_type=authorization_code", 400, "unsupported_grant_type"},
        Case{"username=a&password=x&scope=%22", 400, "invalid_scope"},
        Case{"username=%zz&password=x", 400, "invalid_request"},
        Case{"username=%FF&password=x", 400, "invalid_request"}}) {
    const Page page = script(form);
    EXPECT_EQ(page.status, status) << form;
    EXPECT_EQ(json::parse(page.body)["error"], error) << form;
  }
  EXPECT_EQ(script("username=" + std::string(257, 'a') + "&password=x").status, 400);
  EXPECT_EQ(script("username=a&password=" + std::string(1025, 'p')).status, 400);
}

TEST_F(Callback, OtherContentTypesAreNotRead) {
  const Page page = Visitor{both.running->origin()}.send(
      "POST", "/oauth-callback",
      {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
      R"({"username":"alice","password":"alice-password"})");
  EXPECT_EQ(page.status, 415);
}

TEST_F(Callback, S69_PasswordIsSentByteForByte) {
  EXPECT_EQ(script("username=alice&password=%20alice-password").status, 400);
  EXPECT_EQ(script("username=alice&password=alice-password%20").status, 400);
}

TEST_F(Callback, S14_PasswordIsNowhereInLogsOrAnswers) {
  const Page page = script("username=alice&password=a-password-to-look-for");
  EXPECT_THAT(page.body, Not(HasSubstr("a-password-to-look-for")));
  Visitor visitor{both.running->origin()};
  visitor.get("/");
  const Page tour = visitor.post_and_follow(
      "/oauth-callback", {{"username", "alice"}, {"password", "a-password-to-look-for"}});
  EXPECT_THAT(tour.body, Not(HasSubstr("a-password-to-look-for")));
  EXPECT_THAT(both.running->lines.text(), Not(HasSubstr("a-password-to-look-for")));
  EXPECT_THAT(both.sandbox_lines.text(), Not(HasSubstr("a-password-to-look-for")));
}

TEST_F(Callback, BareAddressLeadsToTheForm) {
  const Page page = Visitor{both.running->origin()}.get("/oauth-callback");
  EXPECT_EQ(page.status, 303);
  EXPECT_EQ(page.header("Location"), "/#step-3");
}

TEST_F(Callback, S1_CredentialsInTheAddressAreRefusedAndNotRepeated) {
  for (const char* address :
       {"/oauth-callback?username=alice&password=alice-password", "/oauth-callback?password=x",
        "/oauth-callback?username=hostile-name"}) {
    const Page page = Visitor{both.running->origin()}.get(address);
    EXPECT_EQ(page.status, 400) << address;
    EXPECT_THAT(page.body, HasSubstr("Never in an address"));
    EXPECT_THAT(page.body, Not(HasSubstr("alice-password")));
    EXPECT_THAT(page.body, Not(HasSubstr("hostile-name")));
  }
  EXPECT_EQ(post_as_script(both.running->origin(), "/oauth-callback?password=alice-password",
                           "username=alice&password=alice-password")
                .status,
            400);
}

TEST_F(Callback, S88_AnswersThatNobodyAskedForAreNotShown) {
  for (const char* address :
       {"/oauth-callback?code=abc&state=def", "/oauth-callback?state=x",
        "/oauth-callback?error=planted-text&error_description=planted-text"}) {
    const Page page = Visitor{both.running->origin()}.get(address);
    EXPECT_EQ(page.status, 400) << address;
    EXPECT_THAT(page.body, HasSubstr("No sign-in was started"));
    EXPECT_THAT(page.body, Not(HasSubstr("planted-text")));
  }
}

TEST(CallbackOfABrokenServer, NobodyListensIs503WithWhatToDo) {
  std::string origin;
  {
    const support::ScriptedServer gone{support::answer(200, "{}")};
    origin = gone.origin();
  }
  const RunningApp running{origin};
  const Page page =
      post_as_script(running.origin(), "/oauth-callback", "username=alice&password=x");
  EXPECT_EQ(page.status, 503);
  const json error = json::parse(page.body);
  EXPECT_EQ(error["error"], "temporarily_unavailable");
  EXPECT_THAT(error["error_description"], HasSubstr(origin));
}

TEST(CallbackOfABrokenServer, AnAnswerThatIsNoneIs502) {
  for (const auto& answer :
       {support::answer(200, "<html>"), support::answer(200, "[]"), support::answer(200, "{}"),
        support::answer(502, "<html>Bad gateway</html>")}) {
    const support::ScriptedServer server{answer};
    const RunningApp running{server.origin()};
    const Page page =
        post_as_script(running.origin(), "/oauth-callback", "username=alice&password=x");
    EXPECT_EQ(page.status, 502) << answer.bytes;
    EXPECT_EQ(json::parse(page.body)["error"], "server_error");
  }
}

TEST(CallbackOfABrokenServer, RetryAfterIsPassedOn) {
  const support::ScriptedServer server{
      support::answer(429, R"({"error":"temporarily_unavailable"})", "Retry-After: 7\r\n")};
  const RunningApp running{server.origin()};
  const Page page =
      post_as_script(running.origin(), "/oauth-callback", "username=alice&password=x");
  EXPECT_EQ(page.status, 429);
  EXPECT_EQ(page.header("Retry-After"), "7");
}

}  // namespace
}  // namespace bbgrant::app

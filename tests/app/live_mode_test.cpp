// SPDX-License-Identifier: MIT
// A real server in place of the sandbox: over TLS, without a revocation endpoint, and with the
// password grant ended. Here on a stand-in, since bitbucket.org is not asked by tests.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "running_app.hpp"
#include "support/scripted_server.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_server.hpp"

namespace bbgrant::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace support = bbgrant::testing;

class LiveMode : public ::testing::Test {
 protected:
  AppOptions options_for(const std::string& origin) {
    AppOptions options;
    options.consumer = {"app", Secret{std::string_view{"secret"}}};
    options.server = Server::bitbucket();
    options.server.authorize_url = origin + "/site/oauth2/authorize";
    options.server.token_url = origin + "/site/oauth2/access_token";
    options.server.api_url = origin;
    options.port = 0;
    options.curl.ca_file = folder.path() / "ca.pem";
    return options;
  }

  support::TemporaryFolder folder;
  support::Identity authority =
      support::certify({.name = "an authority", .authority = true}, nullptr);
};

TEST_F(LiveMode, ThePasswordStepSaysThatTheGrantHasEndedAndTheAnswerIsALesson) {
  authority.write_certificate(folder.path() / "ca.pem");
  const support::TlsServer server{
      support::certify({}, &authority),
      support::answer(400, R"({"error_description":"Unsupported grant type: password",)"
                           R"("error":"invalid_grant"})")
          .bytes};
  RunningApp running{options_for(server.origin())};
  Visitor visitor{running.origin()};
  const Page start = visitor.get("/");
  EXPECT_THAT(start.body, HasSubstr("This server refuses it."));
  EXPECT_THAT(start.body, Not(HasSubstr("Run it as alice")));
  EXPECT_THAT(start.body, Not(HasSubstr("Sandbox as of")));
  const Page page =
      visitor.post_and_follow("/oauth-callback", {{"username", "me"}, {"password", "mine"}});
  EXPECT_THAT(page.body, HasSubstr("this server has ended the password grant"));
  EXPECT_EQ(server.requests(), 1);
}

}  // namespace
}  // namespace bbgrant::app

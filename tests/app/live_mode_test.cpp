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

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
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
  EXPECT_GE(server.requests(), 1) << "beside what /healthcheck asks";
}

// A sandbox with TLS, without the password grant, in the place of bitbucket.org.
TEST_F(LiveMode, TheGrantsThatAreLeftRunOverTls) {
  authority.write_certificate(folder.path() / "ca.pem");
  const auto identity = support::certify({}, &authority);
  sandbox::Options of_server;
  of_server.port = 0;
  of_server.store = "memory";
  of_server.password_cost = sandbox::PasswordCost::kMinimal;
  of_server.control = true;
  of_server.tls_certificate_file = folder.path() / "tls.pem";
  of_server.tls_key_file = folder.path() / "tls.key";
  identity.write_certificate(of_server.tls_certificate_file);
  identity.write_key(of_server.tls_key_file);
  of_server.demo_consumer_2026 = sandbox::DemoConsumer{"app", Secret{std::string_view{"secret"}}};
  LogLines lines;
  base::Log log{lines.sink()};
  sandbox::Sandbox server{std::move(of_server), log};
  server.start();
  ASSERT_TRUE(server.origin().starts_with("https://")) << server.origin();
  RunningApp running{options_for(server.origin())};
  server.set_demo_callback(running.origin() + "/oauth-callback");
  Visitor visitor{running.origin()};
  visitor.get("/grants");

  const Page machine = visitor.post_and_follow("/run", {{"grant", "client_credentials"}});
  EXPECT_THAT(machine.body, HasSubstr("200 in "));

  CurlOptions trusting;
  trusting.ca_file = folder.path() / "ca.pem";
  const auto browser = curl_transport(trusting);
  HttpRequest settings;
  settings.method = "GET";
  settings.url = server.origin() + "/acme/workspace/settings/api";
  EXPECT_THAT(find_header(browser->send(settings).headers, "Set-Cookie").value_or("none"),
              AllOf(StartsWith("__Host-"), HasSubstr("; Secure")));  // S25

  HttpRequest approve;
  approve.method = "POST";
  approve.url = server.origin() + "/_sandbox/approvals";
  approve.headers.push_back({"Content-Type", wire_text("application/json")});
  approve.body = wire_text(R"({"user": "alice"})");
  ASSERT_LT(browser->send(approve).status, 300);
  visitor.post("/run", {{"grant", "authorization_code"}});
  HttpRequest authorize;
  authorize.method = "GET";
  authorize.url = way_out(visitor.get("/leave").body);
  const HttpResponse sent_back = browser->send(authorize);
  const std::string location = find_header(sent_back.headers, "Location").value_or("");
  ASSERT_TRUE(location.starts_with(running.origin())) << sent_back.status << location;
  visitor.get(location.substr(running.origin().size()));
  EXPECT_THAT(visitor.get("/").body, HasSubstr("Hello, Alice Example"));

  const Page password = visitor.post_and_follow(
      "/oauth-callback", {{"username", "alice"}, {"password", "alice-password"}});
  EXPECT_THAT(password.body, HasSubstr("this server has ended the password grant"));
}

}  // namespace
}  // namespace bbgrant::app

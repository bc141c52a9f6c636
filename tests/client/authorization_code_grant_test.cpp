// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/crypto.hpp"
#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using ::testing::HasSubstr;

Authorization authorization_with(std::string_view state) {
  return {.state = secret(state), .code_verifier = secret("verifier")};
}

const Server kServer{.issuer = "https://as.example", .token_url = "https://as.example/token"};

TEST(BeginAuthorization, MakesTheUrlOfRfc6749Section411WithPkce) {
  const Client client{Server::sandbox("http://localhost:1"), ConsumerKey{"k&y"}, secret("s")};
  const auto authorization = client.begin_authorization(
      RedirectUri{"http://localhost:3000/oauth-callback"}, {"account", "email"});
  const std::string state{authorization.state.reveal()};
  const std::string challenge{
      detail::base64url(detail::sha256(authorization.code_verifier.reveal())).reveal()};
  EXPECT_EQ(authorization.url,
            "http://localhost:1/site/oauth2/authorize?response_type=code&client_id=k%26y"
            "&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Foauth-callback&scope=account%20email"
            "&state=" +
                state + "&code_challenge=" + challenge + "&code_challenge_method=S256");
  EXPECT_EQ(state.size(), 43U);
  EXPECT_EQ(authorization.code_verifier.size(), 43U);
}

TEST(BeginAuthorization, NeverRepeatsStateOrVerifier) {
  const Client client{Server::sandbox(), ConsumerKey{"k"}, secret("s")};
  const auto first = client.begin_authorization(RedirectUri{});
  const auto second = client.begin_authorization(RedirectUri{});
  EXPECT_NE(first.state.reveal(), second.state.reveal());
  EXPECT_NE(first.code_verifier.reveal(), second.code_verifier.reveal());
  EXPECT_NE(first.state.reveal(), first.code_verifier.reveal());
  EXPECT_EQ(first.url.find("redirect_uri"), std::string::npos);
}

// RFC 7636 appendix B.
TEST(Pkce, ChallengeIsTheOneOfTheRfc) {
  EXPECT_EQ(
      detail::base64url(detail::sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).reveal(),
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(FinishAuthorization, SpendsTheCode) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  auto authorization = authorization_with("STATE");
  authorization.redirect_uri = RedirectUri{"http://localhost/cb"};
  const auto token = client_of(server).finish_authorization(
      std::move(authorization), "http://localhost/cb?code=C%2FD&state=STATE");
  EXPECT_EQ(token.access_token.reveal(), "AT");
  EXPECT_EQ(body_of(server.requests().at(0)),
            "grant_type=authorization_code&code=C%2FD&redirect_uri=http%3A%2F%2Flocalhost%2Fcb"
            "&code_verifier=verifier");
}

TEST(S84_Callback, AcceptsWhatIsRight) {
  const auto authorization = authorization_with("S+T");
  for (const char* callback :
       {"code=C&state=S%2BT", "?state=S%2BT&code=C", "https://a/cb?x=y&code=C&state=S%2BT#frag",
        "code=C&state=S%2BT&iss=https%3A%2F%2Fas.example", "&code=C&&state=S%2BT&"})
    EXPECT_EQ(judge_callback(authorization, kServer, callback).reveal(), "C") << callback;
}

struct ForgedCase {
  const char* name;
  const char* callback;
  const char* reason;
};

class S84_ForgedCallback : public ::testing::TestWithParam<ForgedCase> {};

TEST_P(S84_ForgedCallback, IsRefusedBeforeAnythingIsSent) {
  const ScriptedServer scripted{answer(200, kTokenAnswer)};
  auto server = Server::sandbox(scripted.origin());
  server.issuer = "https://as.example";
  const Client client{server, ConsumerKey{"key"}, secret("s")};
  try {
    static_cast<void>(
        client.finish_authorization(authorization_with("STATE"), GetParam().callback));
    FAIL() << "trusted";
  } catch (const ProtocolError& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().reason));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("STATE")));
  }
  EXPECT_EQ(scripted.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Table, S84_ForgedCallback,
    ::testing::Values(
        ForgedCase{"empty", "", "state"}, ForgedCase{"no_state", "code=C", "state"},
        ForgedCase{"empty_state", "code=C&state=", "state"},
        ForgedCase{"other_state", "code=C&state=STATe", "state"},
        ForgedCase{"longer_state", "code=C&state=STATEx", "state"},
        ForgedCase{"no_code", "state=STATE", "code"},
        ForgedCase{"empty_code", "state=STATE&code=", "code"},
        ForgedCase{"state_twice", "code=C&state=STATE&state=STATE", "twice"},
        ForgedCase{"code_twice", "code=C&code=D&state=STATE", "twice"},
        ForgedCase{"code_twice_encoded", "code=C&c%6fde=D&state=STATE", "twice"},
        ForgedCase{"other_issuer", "code=C&state=STATE&iss=https://evil.example", "another"},
        ForgedCase{"issuer_with_a_slash", "code=C&state=STATE&iss=https://as.example/", "another"},
        ForgedCase{"response", "response=J&code=C&state=STATE", "response"},
        ForgedCase{"access_token", "access_token=T&code=C&state=STATE", "access_token"},
        ForgedCase{"id_token", "id_token=T&code=C&state=STATE", "id_token"},
        // The state comes before the error: a stranger cannot make us show one.
        ForgedCase{"error_with_other_state", "error=access_denied&state=x", "state"},
        ForgedCase{"error_from_other_issuer", "error=x&state=STATE&iss=https://evil.example",
                   "another"}),
    [](const auto& test) { return test.param.name; });

TEST(S84_Callback, NeedsAnIssuerWhereTheServerPromisesOne) {
  auto server = kServer;
  server.sends_issuer = true;
  EXPECT_THROW(static_cast<void>(judge_callback(authorization_with("S"), server, "code=C&state=S")),
               ProtocolError);
}

TEST(S84_Callback, NeverMatchesAnAuthorizationWithoutState) {
  EXPECT_THROW(static_cast<void>(judge_callback(Authorization{}, kServer, "code=C&state=")),
               ProtocolError);
}

TEST(Callback, CarriesTheRefusal) {
  try {
    static_cast<void>(judge_callback(authorization_with("S"), kServer,
                                     "error=access_denied&error_description=not+now&state=S"));
    FAIL() << "taken";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.status(), 0);
    EXPECT_EQ(error.error(), "access_denied");
    EXPECT_EQ(error.description(), "not now");
  }
}

}  // namespace
}  // namespace bbgrant

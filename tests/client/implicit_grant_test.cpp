// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

const Server kServer{.issuer = "https://as.example",
                     .authorize_url = "https://as.example/authorize?tenant=1",
                     .token_url = "https://as.example/token"};
constexpr std::chrono::sys_seconds kNow{1000s};

Authorization begun() { return {.state = secret("STATE")}; }

Token token_of(std::string_view callback) {
  return judge_implicit_callback(begun(), kServer, callback, kNow);
}

TEST(BeginImplicit, MakesTheUrlOfRfc6749Section421) {
  const Client client{kServer, ConsumerKey{"k"}, Secret{}};
  const auto authorization = client.begin_implicit(RedirectUri{"http://localhost/cb"}, {"account"});
  EXPECT_EQ(authorization.url,
            "https://as.example/authorize?tenant=1&response_type=token&client_id=k"
            "&redirect_uri=http%3A%2F%2Flocalhost%2Fcb&scope=account&state=" +
                std::string{authorization.state.reveal()});
  EXPECT_TRUE(authorization.code_verifier.empty());
}

TEST(JudgeImplicitCallback, ReadsTheFragment) {
  for (const char* callback :
       {"https://app.example/cb?x=y#access_token=A%2BT&token_type=bearer&expires_in=7200"
        "&scopes=account+email&state=STATE",
        "access_token=A%2BT&token_type=Bearer&expires_in=7200&scope=account%20email&state=STATE"
        "&iss=https%3A%2F%2Fas.example"}) {
    const auto token = token_of(callback);
    EXPECT_EQ(token.access_token.reveal(), "A+T");
    EXPECT_EQ(token.expires_at(), kNow + 7200s);
    EXPECT_EQ(token.scopes, (Scopes{"account", "email"}));
    EXPECT_FALSE(token.refresh_token);
    EXPECT_THAT(token.masked_answer, ::testing::Not(HasSubstr("A+T")));
  }
}

TEST(JudgeImplicitCallback, CarriesTheRefusal) {
  try {
    static_cast<void>(token_of("#error=access_denied&state=STATE"));
    FAIL() << "taken";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.error(), "access_denied");
  }
}

TEST(S84_ImplicitCallback, IsRefusedWhenForged) {
  const std::string right = "access_token=AT&token_type=bearer&state=STATE";
  const std::vector<std::pair<std::string, std::string>> table{
      {"", "state"},
      {"access_token=AT&token_type=bearer", "state"},
      {"access_token=AT&token_type=bearer&state=other", "state"},
      {right + "&state=STATE", "twice"},
      {right + "&code=C", "code"},
      {right + "&refresh_token=RT", "refresh_token"},
      {right + "&response=J", "response"},
      {right + "&iss=https://evil.example", "another"},
      {"https://app.example/cb?" + right, "state"},  // in the query it would reach servers
      {"token_type=bearer&state=STATE", "access_token is missing"},
      {"access_token=AT&state=STATE", "token_type is missing"},
      {"access_token=AT&token_type=mac&state=STATE", "token_type is not bearer"},
      {right + "&expires_in=soon", "expires_in"},
  };
  for (const auto& [callback, reason] : table) {
    try {
      static_cast<void>(token_of(callback));
      ADD_FAILURE() << callback;
    } catch (const ProtocolError& error) {
      EXPECT_THAT(error.what(), HasSubstr(reason)) << callback;
    }
  }
}

}  // namespace
}  // namespace bbgrant

// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;

TEST(Refresh, SendsTheFormOfRfc6749Section6) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  static_cast<void>(client_of(server).refresh(secret("old/token"), {"account"}));
  EXPECT_EQ(body_of(server.requests().at(0)),
            "grant_type=refresh_token&refresh_token=old%2Ftoken&scope=account");
}

TEST(S82_Refresh, KeepsTheOldRefreshTokenWhenTheAnswerHasNone) {
  const ScriptedServer server{answer(200, R"({"access_token":"AT2","token_type":"bearer"})")};
  const auto token = client_of(server).refresh(secret("OLD"));
  EXPECT_EQ(token.access_token.reveal(), "AT2");
  EXPECT_EQ(token.refresh_token->reveal(), "OLD");
}

TEST(S82_Refresh, TakesTheNewRefreshTokenWhenThereIsOne) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  EXPECT_EQ(client_of(server).refresh(secret("OLD")).refresh_token->reveal(), "RT");
}

TEST(Refresh, RefusesAnEmptyToken) {
  EXPECT_THROW(
      static_cast<void>(Client(Server::sandbox(), ConsumerKey{"k"}, Secret{}).refresh(Secret{})),
      ConfigError);
}

struct RefusalCase {
  const char* name;
  int status;
  const char* error;
  const char* description;
  bool lost;
};

void PrintTo(const RefusalCase& refusal, std::ostream* out) { *out << refusal.name; }

class S42_RefreshToken : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(S42_RefreshToken, IsLostOnlyOnADefiniteRefusal) {
  const auto& [name, status, error, description, lost] = GetParam();
  const OAuthError refusal{
      "x", {.status = status, .error = error, .description = description}, "", ""};
  EXPECT_EQ(refuses_refresh_token(refusal), lost);
}

INSTANTIATE_TEST_SUITE_P(
    Table, S42_RefreshToken,
    ::testing::Values(RefusalCase{"standard", 400, "invalid_grant", "", true},
                      RefusalCase{"bitbucket", 400, "invalid_request", "Invalid refresh_token",
                                  true},
                      RefusalCase{"with_401", 401, "invalid_grant", "", true},
                      RefusalCase{"other_bad_request", 400, "invalid_request", "no grant", false},
                      RefusalCase{"gateway", 401, "unauthorized", "", false},
                      RefusalCase{"client_refused", 401, "invalid_client", "", false},
                      RefusalCase{"outage", 503, "temporarily_unavailable", "", false},
                      RefusalCase{"outage_with_the_code", 503, "invalid_grant", "", false}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace bbgrant

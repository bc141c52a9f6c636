// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;

TEST(Revoke, SendsTheTokenAndItsHint) {
  const ScriptedServer server{answer(200, "")};
  const auto client = client_of(server);
  client.revoke(secret("A/T"), WireKind::kAccessToken);
  client.revoke(secret("RT"), WireKind::kRefreshToken);
  client.revoke(secret("T"));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[0], ::testing::StartsWith("POST /site/oauth2/revoke "));
  EXPECT_EQ(body_of(requests[0]), "token=A%2FT&token_type_hint=access_token");
  EXPECT_EQ(body_of(requests[1]), "token=RT&token_type_hint=refresh_token");
  EXPECT_EQ(body_of(requests[2]), "token=T");
}

TEST(Revoke, IsRefusedWithTheServersReason) {
  const ScriptedServer server{answer(400, R"({"error":"unsupported_token_type"})")};
  try {
    client_of(server).revoke(secret("SECRET"));
    FAIL() << "not refused";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.error(), "unsupported_token_type");
  }
}

TEST(Revoke, AnErrorPageIsAProtocolError) {
  const ScriptedServer server{answer(503, "try later, SECRET")};
  try {
    client_of(server).revoke(secret("SECRET"));
    FAIL() << "not refused";
  } catch (const ProtocolError& error) {
    EXPECT_EQ(error.status(), 503);
    EXPECT_EQ(error.masked_body(), "try later, ***");
  }
}

TEST(Revoke, SaysThatBitbucketHasNoEndpointForIt) {
  const Client client{Server::bitbucket(), ConsumerKey{"k"}, secret("s")};
  try {
    client.revoke(secret("T"));
    FAIL() << "sent";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.advice(), ::testing::HasSubstr("until it expires"));
  }
}

}  // namespace
}  // namespace bbgrant

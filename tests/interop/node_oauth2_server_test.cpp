// SPDX-License-Identifier: MIT
// Our library against an authorization server that we did not write (node_oauth2_server.mjs).
#include <string>

#include <bbgrant/bbgrant.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "interop/node_server.hpp"

namespace bbgrant {
namespace {

using testing::NodeServer;

class NodeOAuth2Server : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(node_.origin().empty()) << "the third-party server did not start";
  }
  [[nodiscard]] Server server() const {
    return {.token_url = node_.origin() + "/token", .api_url = node_.origin()};
  }
  [[nodiscard]] Client client(Options options = {}) const {
    return Client{server(), ConsumerKey{"third party"}, Secret{"of & another=kind%"},
                  std::move(options)};
  }
  static Secret password() { return Secret{" dora + her password "}; }

  const NodeServer node_{"node_oauth2_server.mjs"};
};

TEST_F(NodeOAuth2Server, GivesATokenByThePasswordGrant) {
  const auto token = client().password_grant(Username{"dora"}, password(), {"account"});
  EXPECT_FALSE(token.access_token.empty());
  EXPECT_TRUE(token.refresh_token);
  EXPECT_TRUE(token.expires_in);
  EXPECT_EQ(token.scopes, Scopes{"account"});
  const ApiClient api{server()};
  EXPECT_EQ(api.get("/me", token.access_token).json().at("user"), "dora");
}

TEST_F(NodeOAuth2Server, TakesTheClientInTheBody) {
  EXPECT_NO_THROW(static_cast<void>(client({.authentication = ClientAuthentication::kBody})
                                        .password_grant(Username{"dora"}, password())));
}

TEST_F(NodeOAuth2Server, Refreshes) {
  const auto first = client().password_grant(Username{"dora"}, password());
  const auto second = client().refresh(*first.refresh_token);
  EXPECT_NE(second.access_token.reveal(), first.access_token.reveal());
  EXPECT_EQ(ApiClient{server()}.get("/me", second.access_token).status, 200);
  // This server rotates: the first refresh token is spent.
  try {
    static_cast<void>(client().refresh(*first.refresh_token));
    FAIL() << "a spent refresh token was taken";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.error(), "invalid_grant");
    EXPECT_TRUE(refuses_refresh_token(error));
  }
}

TEST_F(NodeOAuth2Server, RefusesAWrongPasswordAndAWrongToken) {
  try {
    static_cast<void>(client().password_grant(Username{"dora"}, Secret{"wrong"}));
    FAIL() << "taken";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.error(), "invalid_grant");
  }
  EXPECT_THROW(static_cast<void>(ApiClient{server()}.get("/me", Secret{"wrong"})), ApiError);
}

}  // namespace
}  // namespace bbgrant

// SPDX-License-Identifier: MIT
#include <string>

#include "authorization/authorization_fixture.hpp"

namespace bbgrant::authorization {
namespace {

class ClientCredentialsGrantTest : public testing::AuthorizationFixture {
 protected:
  ClientCredentialsGrantTest() {
    auto open = consumer("public", "account");
    open.is_private = false;
    (void)wait_for(store->add_consumer(std::move(open)));
    auto bare = consumer("bare", "account");
    bare.callback_url.clear();
    (void)wait_for(store->add_consumer(std::move(bare)));
  }

  http::Response ask(const std::string& key, const std::string& more = "") {
    return post({.body = "grant_type=client_credentials" + more,
                 .authorization = testing::basic(key, "secret")});
  }
  nlohmann::json ask_json(const std::string& key, const std::string& more = "") {
    return nlohmann::json::parse(ask(key, more).body);
  }
  std::optional<store::AccessToken> found(const nlohmann::json& answer) {
    return wait_for(
        store->find_access_token(hash_of(answer.at("access_token").get<std::string>())));
  }
};

TEST_F(ClientCredentialsGrantTest, ActsAsTheOwnerUnderTheRulesOfOld) {
  const auto answer = ask_json("key");
  EXPECT_EQ(answer.at("scopes"), "account email repository");
  EXPECT_EQ(answer.at("scope"), answer.at("scopes"));
  EXPECT_EQ(answer.at("state"), "client_credentials");
  EXPECT_EQ(answer.at("expires_in"), 7200);
  ASSERT_TRUE(answer.contains("refresh_token"));
  EXPECT_EQ(found(answer)->account->nickname, "alice");
  const std::string refresh = answer.at("refresh_token");
  EXPECT_EQ(post({.body = "grant_type=refresh_token&refresh_token=" + refresh}).status, 200);
}

TEST_F(ClientCredentialsGrantTest, ActsAsItselfWithoutRefreshTokenUnderTheRulesOfToday) {
  const auto answer = ask_json("today");
  EXPECT_EQ(answer.at("scope"), "account");
  for (const char* absent : {"scopes", "state", "refresh_token"}) {
    EXPECT_FALSE(answer.contains(absent)) << absent;
  }
  EXPECT_GT(answer.at("access_token").get<std::string>().size(), 2500U);
  EXPECT_FALSE(found(answer)->account.has_value());
}

TEST_F(ClientCredentialsGrantTest, S12_NarrowsButNeverWidens) {
  EXPECT_EQ(ask_json("key", "&scope=email").at("scopes"), "email");
  EXPECT_EQ(ask_json("key", "&scope=email+wiki").at("scopes"), "email");
  EXPECT_EQ(ask_json("key", "&scope=wiki").at("scopes"), "") << "none is left, so none is given";
  use_rfc_errors();
  EXPECT_EQ(ask_json("key", "&scope=email+wiki").at("error"), "invalid_scope");
}

TEST_F(ClientCredentialsGrantTest, S8_APublicConsumerIsRefused) {
  const auto refused = ask("public");
  EXPECT_EQ(refused.status, 400);
  const auto body = nlohmann::json::parse(refused.body);
  EXPECT_EQ(body.at("error"), "invalid_grant");
  EXPECT_EQ(body.at("error_description"),
            "Cannot use client_credentials with a consumer marked as \"public\". Calls for auto "
            "generated consumers should use urn:bitbucket:oauth2:jwt instead.");
  use_rfc_errors();
  EXPECT_EQ(ask("public").status, 400);
  EXPECT_EQ(ask_json("public").at("error"), "unauthorized_client");
}

TEST_F(ClientCredentialsGrantTest, S8_AConsumerThatMayNotUseItIsRefused) {
  EXPECT_EQ(ask("narrow").status, 400);
  EXPECT_EQ(ask_json("narrow").at("error"), "unauthorized_client");
}

TEST_F(ClientCredentialsGrantTest, BitbucketWantsACallbackTheStandardDoesNot) {
  EXPECT_EQ(ask("bare").body,
            R"({"error_description":"No callback uri defined for the OAuth client.",)"
            R"("error":"invalid_request"})");
  use_rfc_errors();
  EXPECT_EQ(ask("bare").status, 200);
}

TEST_F(ClientCredentialsGrantTest, S31_NoTokenActsAsAnOwnerWhoIsDisabledOrGone) {
  const auto before = ask_json("key");
  wait_for(store->set_active(alice, false));
  EXPECT_TRUE(found(before)->revoked);
  EXPECT_EQ(ask_json("key").at("error"), "unauthorized_client");
  EXPECT_EQ(ask("today").status, 200) << "acts as itself";
  wait_for(store->remove_account(alice));
  EXPECT_EQ(ask_json("key").at("error"), "unauthorized_client");
}

}  // namespace
}  // namespace bbgrant::authorization

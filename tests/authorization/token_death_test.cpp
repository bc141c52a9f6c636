// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "authorization/authorization_fixture.hpp"

namespace bbgrant::authorization {
namespace {

using nlohmann::json;

/// What one sign-in of alice through the consumer "key" gave, each kind once.
struct Given {
  std::vector<std::string> access;
  std::vector<std::string> refresh;
};

class S31_TokensDie : public testing::AuthorizationFixture {
 protected:
  void remember(Given& given, const json& answer) {
    given.access.push_back(answer.at("access_token"));
    if (answer.contains("refresh_token")) given.refresh.push_back(answer.at("refresh_token"));
  }
  Given sign_in() {
    Given given;
    const auto first = post_json({.body = password_body()});
    remember(given, first);
    remember(given, refresh(first.at("refresh_token")));
    remember(given, post_json({.body = "grant_type=client_credentials"}));
    auto consumer = wait_for(store->find_consumer("key")).value();
    consumer.rotation = true;
    wait_for(store->update_consumer(consumer));
    const auto spent = post_json({.body = password_body()});
    remember(given, spent);
    remember(given, refresh(spent.at("refresh_token")));  // the successor, and one within its grace
    return given;
  }
  json refresh(const std::string& token, const std::string& secret = "secret") {
    return post_json({.body = "grant_type=refresh_token&refresh_token=" + token,
                      .authorization = testing::basic("key", secret)});
  }
  void expect_dead(const Given& given, const std::string& secret = "secret") {
    for (const auto& token : given.access) {
      const auto found = wait_for(store->find_access_token(hash_of(token)));
      EXPECT_TRUE(!found || found->revoked);
    }
    for (const auto& token : given.refresh) {
      EXPECT_TRUE(refresh(token, secret).contains("error"));
    }
  }
};

TEST_F(S31_TokensDie, WhenThePasswordIsChanged) {
  const auto given = sign_in();
  ASSERT_EQ(given.access.size(), 5U);
  ASSERT_EQ(given.refresh.size(), 5U);
  wait_for(store->set_password(alice, "$argon2id$new"));
  expect_dead(given);
}

TEST_F(S31_TokensDie, WhenTwoStepIsSwitchedOn) {
  const auto given = sign_in();
  wait_for(store->set_two_step(alice, store::Sealed{1}));
  expect_dead(given);
}

TEST_F(S31_TokensDie, WhenTheAccountIsDisabledAndStayDeadAfterwards) {
  const auto given = sign_in();
  wait_for(store->set_active(alice, false));
  expect_dead(given);
  wait_for(store->set_active(alice, true));
  expect_dead(given);
}

TEST_F(S31_TokensDie, WhenTheAccountIsRemoved) {
  const auto given = sign_in();
  wait_for(store->remove_account(alice));
  expect_dead(given);
}

TEST_F(S31_TokensDie, WhenTheSecretIsRenewedAndTheOldSecretWithThem) {
  const auto given = sign_in();
  const auto own = post_json({.body = "grant_type=client_credentials",
                              .authorization = testing::basic("today", "secret")});
  for (const char* key : {"key", "today"}) {
    wait_for(store->renew_secret(key, hash_of("renewed"),
                                 sealer.seal(Secret{std::string_view{"renewed"}})));
  }
  expect_dead(given, "renewed");
  expect_dead({.access = {own.at("access_token")}, .refresh = {}});
  EXPECT_EQ(post_json({.body = password_body()}).at("error"), "unauthorized_client");
  EXPECT_EQ(
      post({.body = password_body(), .authorization = testing::basic("key", "renewed")}).status,
      200);
}

TEST_F(S31_TokensDie, WhenTheConsumerIsRemoved) {
  const auto given = sign_in();
  wait_for(store->remove_consumer("key"));
  expect_dead(given);
}

TEST_F(S31_TokensDie, ATokenOfTheConsumerItselfOutlivesItsOwnersPassword) {
  const auto own = post_json({.body = "grant_type=client_credentials",
                              .authorization = testing::basic("today", "secret")});
  wait_for(store->set_password(alice, "$argon2id$new"));
  const std::string token = own.at("access_token");
  EXPECT_FALSE(wait_for(store->find_access_token(hash_of(token)))->revoked);
}

TEST_F(S31_TokensDie, S16_S78_WithoutItsStoreNoEndpointSaysYes) {
  const std::string token = post_json({.body = password_body()}).at("access_token");
  store->close();
  for (const auto& sent :
       {Sent{.body = password_body()}, Sent{.body = "grant_type=client_credentials"},
        Sent{.body = "grant_type=refresh_token&refresh_token=x"},
        Sent{.body = "token=" + token, .path = "/site/oauth2/revoke"},
        Sent{.body = "token=" + token, .path = "/site/oauth2/introspect"}}) {
    EXPECT_THROW(post(sent), store::StoreError) << sent.path << "; the sandbox makes it a 503";
  }
}

}  // namespace
}  // namespace bbgrant::authorization

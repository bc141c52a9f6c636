// SPDX-License-Identifier: MIT
#include "store/consumers.hpp"

#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

class ConsumersContract : public StoreContract {
 protected:
  World world_ = make_world(*store_);
};
BBGRANT_FOR_EVERY_DRIVER(ConsumersContract);

TEST_P(ConsumersContract, ConsumerComesBackAsItWasAdded) {
  Consumer added = new_consumer("full", world_.workspace_uuid);
  added.description = "What it does";
  added.url = "https://app.example/";
  added.callback_url = "http://localhost:3000/oauth-callback";
  added.is_private = false;
  added.owner = world_.alice;
  added.grants = "password urn:bitbucket:oauth2:jwt";
  added.rotation = false;
  added.require_pkce = true;
  added.access_token_ttl = std::chrono::seconds{90};
  added.demo = true;
  ASSERT_TRUE(run(store_->add_consumer(added)));
  const auto found = run(store_->find_consumer("full"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, "full");
  EXPECT_EQ(found->secret_hash, hash_number(7));
  EXPECT_EQ(found->secret_sealed, (Sealed{1, 2, 3}));
  EXPECT_EQ(found->secret_version, 1);
  EXPECT_EQ(found->name, "Consumer full");
  EXPECT_EQ(found->description, "What it does");
  EXPECT_EQ(found->url, "https://app.example/");
  EXPECT_EQ(found->callback_url, "http://localhost:3000/oauth-callback");
  EXPECT_FALSE(found->is_private);
  EXPECT_EQ(found->permissions, "account repository");
  EXPECT_EQ(found->workspace_uuid, world_.workspace_uuid);
  EXPECT_EQ(found->owner, world_.alice);
  EXPECT_EQ(found->profile, "any");
  EXPECT_EQ(found->grants, "password urn:bitbucket:oauth2:jwt");
  EXPECT_EQ(found->rotation, false);
  EXPECT_TRUE(found->require_pkce);
  EXPECT_EQ(found->access_token_ttl, std::chrono::seconds{90});
  EXPECT_TRUE(found->demo);
  EXPECT_EQ(found->created_on, kNow);
}

TEST_P(ConsumersContract, WhatTheProfileDecidesIsAbsent) {
  ASSERT_TRUE(run(store_->add_consumer(new_consumer("plain", world_.workspace_uuid))));
  const auto found = run(store_->find_consumer("plain"));
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->owner);
  EXPECT_FALSE(found->grants);
  EXPECT_FALSE(found->rotation);
  EXPECT_FALSE(found->access_token_ttl);
}

TEST_P(ConsumersContract, KeyIsUniqueAndTheWorkspaceMustBeThere) {
  EXPECT_FALSE(run(store_->add_consumer(new_consumer("key", world_.workspace_uuid))));
  EXPECT_EQ(
      kind_thrown_by([&] { (void)run(store_->add_consumer(new_consumer("lost", "{nowhere}"))); }),
      StoreError::Kind::kConstraint);
  EXPECT_FALSE(run(store_->find_consumer("lost")));
}

TEST_P(ConsumersContract, UpdateLeavesKeySecretAndTokensAlone) {
  ASSERT_EQ(run(store_->issue_tokens(new_tokens(world_, 1))), Issue::kIssued);
  Consumer changed = run(store_->find_consumer("key")).value();
  changed.name = "Renamed";
  changed.permissions = "account";
  changed.access_token_ttl = std::chrono::seconds{5};
  changed.secret_hash = hash_number(1234);
  EXPECT_TRUE(run(store_->update_consumer(changed)));
  const auto found = run(store_->find_consumer("key")).value();
  EXPECT_EQ(found.name, "Renamed");
  EXPECT_EQ(found.permissions, "account");
  EXPECT_EQ(found.access_token_ttl, std::chrono::seconds{5});
  EXPECT_EQ(found.secret_hash, hash_number(7));
  EXPECT_FALSE(run(store_->find_access_token(access_of(1)))->revoked);
}

TEST_P(ConsumersContract, S31_UpdateWithANewSecretIsOneStepAndEndsTheTokens) {
  ASSERT_EQ(run(store_->issue_tokens(new_tokens(world_, 1))), Issue::kIssued);
  Consumer changed = run(store_->find_consumer("key")).value();
  changed.name = "Renamed";
  changed.secret_hash = hash_number(8);
  changed.secret_sealed = {4, 5};
  EXPECT_TRUE(run(store_->update_consumer(changed, /*new_secret=*/true)));
  const auto found = run(store_->find_consumer("key")).value();
  EXPECT_EQ(found.name, "Renamed");
  EXPECT_EQ(found.secret_hash, hash_number(8));
  EXPECT_EQ(found.secret_sealed, (Sealed{4, 5}));
  EXPECT_EQ(found.secret_version, 2);
  EXPECT_TRUE(run(store_->find_access_token(access_of(1)))->revoked);
}

TEST_P(ConsumersContract, NewSecretReplacesTheOldOne) {
  EXPECT_TRUE(run(store_->renew_secret("key", hash_number(8), {4, 5})));
  const auto found = run(store_->find_consumer("key")).value();
  EXPECT_EQ(found.secret_hash, hash_number(8));
  EXPECT_EQ(found.secret_sealed, (Sealed{4, 5}));
  EXPECT_EQ(found.secret_version, 2);
}

TEST_P(ConsumersContract, CallbackIsSetAlone) {
  EXPECT_TRUE(run(store_->set_callback("key", "http://127.0.0.1:4000/")));
  EXPECT_EQ(run(store_->find_consumer("key"))->callback_url, "http://127.0.0.1:4000/");
}

TEST_P(ConsumersContract, ListsAreOfOneWorkspaceOrAll) {
  const Workspace other = new_workspace("other");
  ASSERT_TRUE(run(store_->add_workspace(other)));
  ASSERT_TRUE(run(store_->add_consumer(new_consumer("b", world_.workspace_uuid))));
  ASSERT_TRUE(run(store_->add_consumer(new_consumer("a", other.uuid))));
  const auto of_acme = run(store_->list_consumers(world_.workspace_uuid));
  ASSERT_EQ(of_acme.size(), 2U);
  EXPECT_EQ(of_acme[0].key, "b");
  EXPECT_EQ(of_acme[1].key, "key");
  EXPECT_EQ(run(store_->list_consumers()).size(), 3U);
}

TEST_P(ConsumersContract, WhatIsNotThereCannotBeChanged) {
  EXPECT_FALSE(run(store_->update_consumer(new_consumer("no", world_.workspace_uuid))));
  EXPECT_FALSE(run(store_->renew_secret("no", hash_number(8), {})));
  EXPECT_FALSE(run(store_->set_callback("no", "x")));
  EXPECT_FALSE(run(store_->remove_consumer("no")));
}

}  // namespace
}  // namespace bbgrant::store::testing

// SPDX-License-Identifier: MIT
#include "store/accounts.hpp"

#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

using AccountsContract = StoreContract;
BBGRANT_FOR_EVERY_DRIVER(AccountsContract);

TEST_P(AccountsContract, AccountComesBackAsItWasAdded) {
  NewAccount added = new_account("alice");
  added.account.two_step = true;
  added.account.totp_secret_sealed = Sealed{0, 1, 255};
  added.account.demo = true;
  const auto id = run(store_->add_account(added));
  ASSERT_TRUE(id);
  const auto found = run(store_->find_account(*id));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, *id);
  EXPECT_EQ(found->uuid, "{account-alice}");
  EXPECT_EQ(found->account_id, "557058:alice");
  EXPECT_EQ(found->nickname, "alice");
  EXPECT_EQ(found->display_name, "The alice");
  EXPECT_EQ(found->password_hash, "$argon2id$alice");
  EXPECT_EQ(found->password_version, 1);
  EXPECT_TRUE(found->two_step);
  EXPECT_EQ(found->totp_secret_sealed, (Sealed{0, 1, 255}));
  EXPECT_TRUE(found->active);
  EXPECT_TRUE(found->demo);
  EXPECT_EQ(found->created_on, kNow);
  EXPECT_EQ(run(store_->find_account_by_uuid("{account-alice}"))->id, *id);
}

TEST_P(AccountsContract, LoginIsANicknameOrAConfirmedAddressByteForByte) {
  NewAccount added = new_account("alice");
  added.emails.push_back({.address = "new@example.com", .primary = false, .confirmed = false});
  const auto id = run(store_->add_account(added));
  ASSERT_TRUE(run(store_->add_account(new_account("bob"))));
  const struct {
    const char* login;
    bool found;
  } cases[] = {{"alice", true},
               {"alice@example.com", true},
               {"new@example.com", false},
               {"Alice", false},
               {"ALICE@example.com", false},
               {"alice ", false},
               {"", false},
               {"nobody", false},
               {"alice@example.co", false},
               {"{account-alice}", false},
               {"%", false},
               {"' OR 1=1 --", false}};
  for (const auto& line : cases) {
    const auto account = run(store_->find_account_by_login(line.login));
    EXPECT_EQ(account.has_value(), line.found) << line.login;
    if (account) {
      EXPECT_EQ(account->id, id) << line.login;
    }
  }
  EXPECT_FALSE(run(store_->find_account_by_login(std::string_view{"alice\0", 6})));
}

TEST_P(AccountsContract, NameOfAnotherIsTaken) {
  ASSERT_TRUE(run(store_->add_account(new_account("alice"))));
  NewAccount same_address = new_account("eve");
  same_address.emails[0].address = "alice@example.com";
  NewAccount same_uuid = new_account("mallory");
  same_uuid.account.uuid = "{account-alice}";
  EXPECT_FALSE(run(store_->add_account(new_account("alice"))));
  EXPECT_FALSE(run(store_->add_account(same_address)));
  EXPECT_FALSE(run(store_->add_account(same_uuid)));
  EXPECT_EQ(run(store_->list_accounts({})).size, 1) << "what was refused left nothing behind";
}

TEST_P(AccountsContract, UnconfirmedAddressMayBeAnyones) {
  ASSERT_TRUE(run(store_->add_account(new_account("alice"))));
  NewAccount claims = new_account("eve");
  claims.emails.push_back({.address = "alice@example.com", .primary = false, .confirmed = false});
  EXPECT_TRUE(run(store_->add_account(claims)));
  EXPECT_EQ(run(store_->find_account_by_login("alice@example.com"))->nickname, "alice");
}

TEST_P(AccountsContract, NicknameCannotLookLikeAnAddress) {
  // Else it could stand before the account whose address it is.
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store_->add_account(new_account("bob@example.com"))); }),
            StoreError::Kind::kConstraint);
}

TEST_P(AccountsContract, EmailsAreListedPrimaryFirst) {
  NewAccount added = new_account("zoe");
  added.emails.push_back({.address = "a@example.com", .primary = false, .confirmed = false});
  const auto id = run(store_->add_account(added));
  const auto emails = run(store_->emails_of(*id));
  ASSERT_EQ(emails.size(), 2U);
  EXPECT_EQ(emails[0].address, "zoe@example.com");
  EXPECT_TRUE(emails[0].primary);
  EXPECT_TRUE(emails[0].confirmed);
  EXPECT_EQ(emails[1].address, "a@example.com");
  EXPECT_FALSE(emails[1].primary);
  EXPECT_FALSE(emails[1].confirmed);
  EXPECT_TRUE(run(store_->emails_of(AccountId{99})).empty());
}

TEST_P(AccountsContract, ListingIsPagedByNickname) {
  for (const char* name : {"carol", "alice", "bob"}) {
    ASSERT_TRUE(run(store_->add_account(new_account(name))));
  }
  const auto first = run(store_->list_accounts({.page = 1, .pagelen = 2}));
  EXPECT_EQ(first.size, 3);
  ASSERT_EQ(first.values.size(), 2U);
  EXPECT_EQ(first.values[0].nickname, "alice");
  EXPECT_EQ(first.values[1].nickname, "bob");
  const auto second = run(store_->list_accounts({.page = 2, .pagelen = 2}));
  ASSERT_EQ(second.values.size(), 1U);
  EXPECT_EQ(second.values[0].nickname, "carol");
  const auto far = run(store_->list_accounts({.page = 1LL << 62U, .pagelen = 100}));
  EXPECT_EQ(far.size, 3);
  EXPECT_TRUE(far.values.empty());
}

TEST_P(AccountsContract, VersionGrowsWithEachChangeThatKillsTokens) {
  const auto id = run(store_->add_account(new_account("alice"))).value();
  const auto version = [&] { return run(store_->find_account(id))->password_version; };
  EXPECT_TRUE(run(store_->set_password(id, "$argon2id$new")));
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(run(store_->find_account(id))->password_hash, "$argon2id$new");
  EXPECT_TRUE(run(store_->set_two_step(id, Sealed{9})));
  EXPECT_EQ(version(), 3);
  EXPECT_TRUE(run(store_->find_account(id))->two_step);
  EXPECT_TRUE(run(store_->set_two_step(id, std::nullopt)));
  EXPECT_EQ(version(), 3);
  EXPECT_FALSE(run(store_->find_account(id))->two_step);
  EXPECT_FALSE(run(store_->find_account(id))->totp_secret_sealed);
  EXPECT_TRUE(run(store_->set_active(id, false)));
  EXPECT_EQ(version(), 4);
  EXPECT_FALSE(run(store_->find_account(id))->active);
  EXPECT_TRUE(run(store_->set_active(id, true)));
  EXPECT_EQ(version(), 4);
}

using S70_Rehash = StoreContract;
BBGRANT_FOR_EVERY_DRIVER(S70_Rehash);

TEST_P(S70_Rehash, HappensOnceAndNeverOverANewPassword) {
  const auto id = run(store_->add_account(new_account("alice"))).value();
  EXPECT_TRUE(run(store_->update_password_hash(id, "$argon2id$alice", "$strong")));
  EXPECT_FALSE(run(store_->update_password_hash(id, "$argon2id$alice", "$late")));
  EXPECT_EQ(run(store_->find_account(id))->password_hash, "$strong");
  EXPECT_EQ(run(store_->find_account(id))->password_version, 1);
}

TEST_P(AccountsContract, WhatIsNotThereCannotBeChanged) {
  const AccountId nobody{99};
  EXPECT_FALSE(run(store_->set_password(nobody, "$x")));
  EXPECT_FALSE(run(store_->update_password_hash(nobody, "$x", "$y")));
  EXPECT_FALSE(run(store_->set_two_step(nobody, Sealed{1})));
  EXPECT_FALSE(run(store_->set_active(nobody, false)));
  EXPECT_FALSE(run(store_->remove_account(nobody)));
  EXPECT_FALSE(run(store_->find_account(nobody)));
}

TEST_P(AccountsContract, ChangingSeveralThingsTouchesNothingElse) {
  const auto id = run(store_->add_account(new_account("alice"))).value();
  EXPECT_TRUE(run(store_->change_account(id, {.display_name = "New", .email = "a@example.com"})));
  auto account = run(store_->find_account_by_login("a@example.com")).value();
  EXPECT_EQ(account.display_name, "New");
  EXPECT_EQ(account.password_hash, "$argon2id$alice");
  EXPECT_EQ(account.password_version, 1) << "tokens live on";
  EXPECT_FALSE(run(store_->find_account_by_login("alice@example.com")));
  EXPECT_TRUE(run(store_->change_account(id, {.two_step = true, .totp_secret = Sealed{1, 2}})));
  EXPECT_TRUE(run(store_->change_account(id, {.two_step = true})));
  account = run(store_->find_account(id)).value();
  EXPECT_TRUE(account.two_step);
  EXPECT_EQ(account.totp_secret_sealed, (Sealed{1, 2}));
  EXPECT_TRUE(run(store_->change_account(id, {.two_step = false})));
  account = run(store_->find_account(id)).value();
  EXPECT_FALSE(account.two_step);
  EXPECT_FALSE(account.totp_secret_sealed);
  EXPECT_FALSE(run(store_->change_account(AccountId{99}, {.active = false})));
}

TEST_P(AccountsContract, S31_ChangingWhatASignInStandsOnKillsTokens) {
  const struct {
    const char* name;
    AccountChange change;
    std::int64_t grows;
  } cases[] = {{"password", {.password_hash = "$new"}, 1},
               {"two-step on", {.two_step = true}, 1},
               {"new secret", {.totp_secret = Sealed{1}}, 1},
               {"disabled", {.active = false}, 1},
               {"enabled", {.active = true}, 0},
               {"two-step off", {.two_step = false}, 0},
               {"name", {.display_name = "New"}, 0}};
  const auto id = run(store_->add_account(new_account("alice"))).value();
  for (const auto& line : cases) {
    const auto before = run(store_->find_account(id))->password_version;
    EXPECT_TRUE(run(store_->change_account(id, line.change)));
    EXPECT_EQ(run(store_->find_account(id))->password_version, before + line.grows) << line.name;
  }
}

TEST_P(AccountsContract, AnAddressThatIsAnothersChangesNothing) {
  const auto id = run(store_->add_account(new_account("alice"))).value();
  ASSERT_TRUE(run(store_->add_account(new_account("bob"))));
  EXPECT_EQ(kind_thrown_by([&] {
              run(store_->change_account(id, {.display_name = "New", .email = "bob@example.com"}));
            }),
            StoreError::Kind::kConflict);
  EXPECT_EQ(run(store_->find_account(id))->display_name, "The alice");
}

TEST_P(AccountsContract, RemovingTakesItsOwnAndLeavesItsConsumers) {
  const World world = make_world(*store_);
  ASSERT_TRUE(run(store_->add_membership({world.workspace_uuid, world.alice})));
  ASSERT_TRUE(run(store_->remove_account(world.alice)));
  EXPECT_FALSE(run(store_->find_account_by_login("alice@example.com")));
  EXPECT_FALSE(run(store_->membership(world.workspace_uuid, world.alice)));
  const auto consumer = run(store_->find_consumer(world.consumer_key));
  ASSERT_TRUE(consumer);
  EXPECT_FALSE(consumer->owner);
  const auto next = run(store_->add_account(new_account("alice")));
  ASSERT_TRUE(next);
  EXPECT_NE(*next, world.alice) << "a number is never given twice";
}

}  // namespace
}  // namespace bbgrant::store::testing

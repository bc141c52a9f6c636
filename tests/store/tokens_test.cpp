// SPDX-License-Identifier: MIT
#include "store/tokens.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

class TokensContract : public StoreContract {
 protected:
  World world_ = make_world(*store_);

  Issue issue(std::uint64_t number) {
    return run(store_->issue_tokens(new_tokens(world_, number)));
  }
  bool lives(std::uint64_t number) {
    const auto token = run(store_->find_access_token(access_of(number)));
    return token && !token->revoked;
  }
  bool refresh_lives(std::uint64_t number) {
    const auto token = run(store_->find_refresh_token(refresh_of(number), world_.consumer_key));
    return token && !token->revoked;
  }
};
BBGRANT_FOR_EVERY_DRIVER(TokensContract);

TEST_P(TokensContract, AccessTokenIsFoundWithItsAccountAndConsumer) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  const auto token = run(store_->find_access_token(access_of(1)));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->scopes, "account repository");
  EXPECT_EQ(token->issued_on, kNow);
  EXPECT_EQ(token->expires_at, kNow + kTwoHours);
  EXPECT_FALSE(token->revoked);
  ASSERT_TRUE(token->account);
  EXPECT_EQ(token->account->id, world_.alice);
  EXPECT_EQ(token->account->uuid, "{account-alice}");
  EXPECT_EQ(token->account->nickname, "alice");
  EXPECT_EQ(token->consumer_key, "key");
  EXPECT_EQ(token->profile, "any");
}

TEST_P(TokensContract, CanBeMadeToExpire) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  EXPECT_TRUE(run(store_->expire_token(access_of(1), kNow)));
  EXPECT_EQ(run(store_->find_access_token(access_of(1)))->expires_at, kNow);
  EXPECT_TRUE(run(store_->expire_token(refresh_of(1), kNow)));
  EXPECT_EQ(run(store_->find_refresh_token(refresh_of(1), "key"))->expires_at, kNow);
  EXPECT_FALSE(run(store_->expire_token(access_of(2), kNow)));
}

TEST_P(TokensContract, CanBeRevokedWithoutNamingTheConsumer) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  EXPECT_TRUE(run(store_->revoke_token(access_of(1))));
  EXPECT_FALSE(lives(1));
  EXPECT_TRUE(refresh_lives(1));
  EXPECT_TRUE(run(store_->revoke_token(refresh_of(1))));
  EXPECT_FALSE(refresh_lives(1));
  EXPECT_FALSE(run(store_->revoke_token(access_of(2))));
}

TEST_P(TokensContract, RefreshTokenIsFoundByItsConsumerOnly) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  const auto token = run(store_->find_refresh_token(refresh_of(1), "key"));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->scopes, "account repository");
  EXPECT_EQ(token->grant, "password");
  EXPECT_FALSE(token->expires_at);
  EXPECT_FALSE(token->revoked);
  ASSERT_TRUE(token->account);
  EXPECT_EQ(token->account->nickname, "alice");
  EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(1), "other")));
}

TEST_P(TokensContract, UnknownHashIsFoundNowhere) {
  EXPECT_FALSE(run(store_->find_access_token(access_of(1))));
  EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(1), "key")));
  ASSERT_EQ(issue(1), Issue::kIssued);
  EXPECT_FALSE(run(store_->find_access_token(refresh_of(1)))) << "a refresh token opens nothing";
}

TEST_P(TokensContract, TokenOfAConsumerAloneHasNoAccount) {
  NewTokens tokens = new_tokens(world_, 1);
  tokens.account.reset();
  tokens.password_version = 0;
  tokens.refresh_hash.reset();
  ASSERT_EQ(run(store_->issue_tokens(tokens)), Issue::kIssued);
  const auto token = run(store_->find_access_token(access_of(1)));
  ASSERT_TRUE(token);
  EXPECT_FALSE(token->account);
  EXPECT_FALSE(token->revoked);
  EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(1), "key")));
}

TEST_P(TokensContract, NothingIsIssuedAgainstAChangedAccountOrConsumer) {
  const struct {
    const char* name;
    std::function<void(NewTokens&)> change;
    Issue expected;
  } cases[] = {
      {"older password", [](NewTokens& t) { t.password_version = 0; }, Issue::kAccountChanged},
      {"no such account", [](NewTokens& t) { t.account = AccountId{99}; }, Issue::kAccountChanged},
      {"older secret", [](NewTokens& t) { t.secret_version = 0; }, Issue::kConsumerChanged},
      {"no such consumer", [](NewTokens& t) { t.consumer_key = "no"; }, Issue::kConsumerChanged},
  };
  for (const auto& line : cases) {
    SCOPED_TRACE(line.name);
    NewTokens tokens = new_tokens(world_, 1);
    line.change(tokens);
    EXPECT_EQ(run(store_->issue_tokens(tokens)), line.expected);
    EXPECT_FALSE(run(store_->find_access_token(access_of(1))));
    EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(1), "key")));
  }
  ASSERT_TRUE(run(store_->set_active(world_.alice, false)));
  NewTokens tokens = new_tokens(world_, 1);
  tokens.password_version = 2;
  EXPECT_EQ(run(store_->issue_tokens(tokens)), Issue::kAccountChanged) << "disabled";
}

TEST_P(TokensContract, SameAccessTokenTwiceIsAConflictAndStoresNothing) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  NewTokens tokens = new_tokens(world_, 2);
  tokens.access_hash = access_of(1);
  EXPECT_EQ(kind_thrown_by([&] { run(store_->issue_tokens(tokens)); }),
            StoreError::Kind::kConflict);
  EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(2), "key")));
}

TEST_P(TokensContract, RefreshGivesAnAccessTokenAndStaysAsItIs) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  for (const std::uint64_t number : {2U, 3U}) {
    ASSERT_EQ(run(store_->issue_from_refresh(new_refreshed(world_, 1, number))), Refresh::kIssued);
    const auto token = run(store_->find_access_token(access_of(number)));
    ASSERT_TRUE(token);
    EXPECT_EQ(token->scopes, "account");
    EXPECT_EQ(token->expires_at, kNow + 2 * kTwoHours);
    EXPECT_EQ(token->account->nickname, "alice");
  }
  EXPECT_TRUE(refresh_lives(1));
  EXPECT_TRUE(lives(1));
}

TEST_P(TokensContract, RefreshIsRefusedAfterItsEnd) {
  NewTokens tokens = new_tokens(world_, 1);
  tokens.refresh_expires = kNow + kTwoHours;
  ASSERT_EQ(run(store_->issue_tokens(tokens)), Issue::kIssued);
  RefreshedToken refreshed = new_refreshed(world_, 1, 2);
  EXPECT_EQ(run(store_->issue_from_refresh(refreshed)), Refresh::kDead);
  refreshed.now -= std::chrono::seconds{1};
  EXPECT_EQ(run(store_->issue_from_refresh(refreshed)), Refresh::kIssued);
}

TEST_P(TokensContract, UnknownRefreshTokenGivesNothing) {
  EXPECT_EQ(run(store_->issue_from_refresh(new_refreshed(world_, 1, 2))), Refresh::kUnknown);
  EXPECT_FALSE(run(store_->find_access_token(access_of(2))));
}

using S26_RefreshOfAnotherClient = TokensContract;
BBGRANT_FOR_EVERY_DRIVER(S26_RefreshOfAnotherClient);

TEST_P(S26_RefreshOfAnotherClient, GivesNothingAndChangesNothing) {
  ASSERT_TRUE(run(store_->add_consumer(new_consumer("other", world_.workspace_uuid))));
  ASSERT_EQ(issue(1), Issue::kIssued);
  RefreshedToken refreshed = new_refreshed(world_, 1, 2);
  refreshed.consumer_key = "other";
  EXPECT_EQ(run(store_->issue_from_refresh(refreshed)), Refresh::kOtherConsumer);
  EXPECT_FALSE(run(store_->find_access_token(access_of(2))));
  EXPECT_TRUE(refresh_lives(1));
}

class S27_Rotation : public TokensContract {
 protected:
  // Refresh token number `number` is spent for `successor`, and `access` issued.
  Rotation rotate(std::uint64_t number, std::uint64_t successor, std::uint64_t access,
                  std::chrono::seconds later = {}) {
    RotatedToken token{.refreshed = new_refreshed(world_, number, access),
                       .successor_hash = refresh_of(successor),
                       .successor_sealed = {static_cast<std::uint8_t>(successor)},
                       .retry_until = {}};
    token.refreshed.now += later;
    token.retry_until = token.refreshed.now + std::chrono::seconds{10};
    return run(store_->rotate_refresh_token(std::move(token)));
  }
};
BBGRANT_FOR_EVERY_DRIVER(S27_Rotation);

TEST_P(S27_Rotation, TheSuccessorTakesTheTokensPlace) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  const auto rotation = rotate(1, 2, 2);
  EXPECT_EQ(rotation.outcome, Refresh::kIssued);
  EXPECT_FALSE(rotation.earlier_successor);
  EXPECT_FALSE(refresh_lives(1));
  EXPECT_TRUE(refresh_lives(2));
  EXPECT_TRUE(lives(1));
  EXPECT_TRUE(lives(2));
  const auto successor = run(store_->find_refresh_token(refresh_of(2), "key"));
  EXPECT_EQ(successor->scopes, "account repository") << "S28: narrowing does not last";
  EXPECT_EQ(rotate(2, 3, 3).outcome, Refresh::kIssued);
}

TEST_P(S27_Rotation, ARetryWithinTheGraceGetsTheSameSuccessor) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  ASSERT_EQ(rotate(1, 2, 2).outcome, Refresh::kIssued);
  const auto retry = rotate(1, 3, 3, std::chrono::seconds{9});
  EXPECT_EQ(retry.outcome, Refresh::kIssued);
  EXPECT_EQ(retry.earlier_successor, Sealed{2});
  EXPECT_TRUE(lives(3));
  EXPECT_TRUE(refresh_lives(2));
  EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(3), "key"))) << "one successor only";
}

TEST_P(S27_Rotation, ReuseAfterTheGraceKillsTheFamilyAndNoOther) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  ASSERT_EQ(issue(5), Issue::kIssued);
  ASSERT_EQ(rotate(1, 2, 2).outcome, Refresh::kIssued);
  EXPECT_EQ(rotate(1, 3, 3, std::chrono::seconds{10}).outcome, Refresh::kReused);
  for (const std::uint64_t number : {1U, 2U}) {
    EXPECT_FALSE(lives(number)) << number;
    EXPECT_FALSE(refresh_lives(number)) << number;
  }
  EXPECT_FALSE(run(store_->find_access_token(access_of(3))));
  EXPECT_EQ(rotate(2, 4, 4).outcome, Refresh::kDead);
  EXPECT_TRUE(lives(5)) << "another sign-in of the same account";
}

TEST_P(S27_Rotation, ASpentTokenIsForgottenAfterThreeMonths) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  ASSERT_EQ(rotate(1, 2, 2).outcome, Refresh::kIssued);
  const auto end = new_refreshed(world_, 1, 2).now + std::chrono::days{90};
  EXPECT_EQ(run(store_->prune_expired(end, 100)), 2U) << "access tokens alone";
  EXPECT_EQ(run(store_->prune_expired(end + std::chrono::seconds{1}, 100)), 1U);
  EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(1), "key")));
  EXPECT_TRUE(refresh_lives(2)) << "which never ends";
}

TEST_P(S27_Rotation, AnErasedSuccessorIsNotGivenAgain) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  ASSERT_EQ(rotate(1, 2, 2).outcome, Refresh::kIssued);
  const auto spent_on = new_refreshed(world_, 1, 2).now;
  EXPECT_EQ(run(store_->erase_successors(spent_on + std::chrono::seconds{9})), 0U);
  EXPECT_EQ(run(store_->erase_successors(spent_on + std::chrono::seconds{10})), 1U);
  EXPECT_EQ(run(store_->erase_successors(spent_on + std::chrono::seconds{10})), 0U);
  EXPECT_EQ(rotate(1, 3, 3).outcome, Refresh::kReused);
}

TEST_P(S27_Rotation, S26_ATokenOfAnotherClientChangesNothing) {
  ASSERT_TRUE(run(store_->add_consumer(new_consumer("other", world_.workspace_uuid))));
  ASSERT_EQ(issue(1), Issue::kIssued);
  const auto as_other = [this](std::uint64_t access, std::chrono::seconds later) {
    RotatedToken token{.refreshed = new_refreshed(world_, 1, access),
                       .successor_hash = refresh_of(access),
                       .successor_sealed = {9},
                       .retry_until = {}};
    token.refreshed.consumer_key = "other";
    token.refreshed.now += later;
    return run(store_->rotate_refresh_token(std::move(token))).outcome;
  };
  EXPECT_EQ(as_other(2, {}), Refresh::kOtherConsumer);
  EXPECT_TRUE(refresh_lives(1));
  ASSERT_EQ(rotate(1, 2, 2).outcome, Refresh::kIssued);
  EXPECT_EQ(as_other(3, std::chrono::seconds{1}), Refresh::kOtherConsumer) << "in the grace";
  EXPECT_EQ(as_other(4, std::chrono::hours{1}), Refresh::kOtherConsumer) << "spent";
  EXPECT_TRUE(refresh_lives(2)) << "a stranger's reuse kills nothing";
}

TEST_P(S27_Rotation, DeadTokensAreNotSpent) {
  NewTokens tokens = new_tokens(world_, 1);
  tokens.refresh_expires = kNow + kTwoHours;
  ASSERT_EQ(run(store_->issue_tokens(tokens)), Issue::kIssued);
  EXPECT_EQ(rotate(1, 2, 2).outcome, Refresh::kDead) << "ended";
  EXPECT_EQ(rotate(7, 2, 2).outcome, Refresh::kUnknown);
  ASSERT_EQ(issue(5), Issue::kIssued);
  ASSERT_EQ(rotate(5, 6, 6).outcome, Refresh::kIssued);
  ASSERT_TRUE(run(store_->set_password(world_.alice, "$argon2id$new")));
  EXPECT_NE(rotate(5, 8, 8).outcome, Refresh::kIssued) << "S31: not even within the grace";
  EXPECT_EQ(rotate(6, 8, 8).outcome, Refresh::kDead);
}

TEST_P(S27_Rotation, OneOf64AtOnceSpendsItAndAllGetOneSuccessor) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  constexpr std::uint64_t kCallers = 64;
  std::vector<std::thread> threads;
  std::atomic<int> first{0};
  std::atomic<int> retried{0};
  std::array<Sealed, kCallers> given;
  for (std::uint64_t caller = 0; caller < kCallers; ++caller) {
    threads.emplace_back([&, caller] {
      const auto rotation = rotate(1, 100 + caller, 100 + caller);
      if (rotation.outcome != Refresh::kIssued) return;
      ++(rotation.earlier_successor ? retried : first);
      given[caller] =
          rotation.earlier_successor.value_or(Sealed{static_cast<std::uint8_t>(100 + caller)});
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(retried, kCallers - 1);
  for (const auto& one : given) EXPECT_EQ(one, given.front());
  int successors = 0;
  for (std::uint64_t number = 100; number < 100 + kCallers; ++number) {
    EXPECT_TRUE(lives(number));
    if (refresh_lives(number)) ++successors;
  }
  EXPECT_EQ(successors, 1);
}

TEST_P(TokensContract, WithoutRotationEachUsePutsTheEndOff) {
  NewTokens tokens = new_tokens(world_, 1);
  tokens.refresh_expires = kNow + 2 * kTwoHours;
  ASSERT_EQ(run(store_->issue_tokens(tokens)), Issue::kIssued);
  RefreshedToken refreshed = new_refreshed(world_, 1, 2);
  refreshed.refresh_expires = kNow + 10 * kTwoHours;
  ASSERT_EQ(run(store_->issue_from_refresh(refreshed)), Refresh::kIssued);
  EXPECT_EQ(run(store_->find_refresh_token(refresh_of(1), "key"))->expires_at,
            kNow + 10 * kTwoHours);
}

using S29_Revocation = TokensContract;
BBGRANT_FOR_EVERY_DRIVER(S29_Revocation);

TEST_P(S29_Revocation, OfAnAccessTokenLeavesTheRefreshToken) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  EXPECT_EQ(run(store_->revoke_token(access_of(1), "key")), Revocation::kRevoked);
  EXPECT_FALSE(lives(1));
  EXPECT_EQ(run(store_->issue_from_refresh(new_refreshed(world_, 1, 2))), Refresh::kIssued);
  EXPECT_TRUE(lives(2));
}

TEST_P(S29_Revocation, OfARefreshTokenKillsItsFamilyOnly) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  ASSERT_EQ(issue(5), Issue::kIssued);
  ASSERT_EQ(run(store_->issue_from_refresh(new_refreshed(world_, 1, 2))), Refresh::kIssued);
  EXPECT_EQ(run(store_->revoke_token(refresh_of(1), "key")), Revocation::kRevoked);
  EXPECT_FALSE(lives(1));
  EXPECT_FALSE(lives(2));
  EXPECT_FALSE(refresh_lives(1));
  EXPECT_EQ(run(store_->issue_from_refresh(new_refreshed(world_, 1, 3))), Refresh::kDead);
  EXPECT_TRUE(lives(5)) << "another sign-in of the same account";
}

TEST_P(S29_Revocation, OfAnUnknownTokenSaysSo) {
  EXPECT_EQ(run(store_->revoke_token(access_of(1), "key")), Revocation::kUnknown);
}

TEST_P(S29_Revocation, TwiceIsNoFault) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  EXPECT_EQ(run(store_->revoke_token(refresh_of(1), "key")), Revocation::kRevoked);
  EXPECT_EQ(run(store_->revoke_token(refresh_of(1), "key")), Revocation::kRevoked);
}

using S30_RevocationByAStranger = TokensContract;
BBGRANT_FOR_EVERY_DRIVER(S30_RevocationByAStranger);

TEST_P(S30_RevocationByAStranger, ChangesNothing) {
  ASSERT_TRUE(run(store_->add_consumer(new_consumer("other", world_.workspace_uuid))));
  ASSERT_EQ(issue(1), Issue::kIssued);
  EXPECT_EQ(run(store_->revoke_token(access_of(1), "other")), Revocation::kOtherConsumer);
  EXPECT_EQ(run(store_->revoke_token(refresh_of(1), "other")), Revocation::kOtherConsumer);
  EXPECT_TRUE(lives(1));
  EXPECT_TRUE(refresh_lives(1));
}

using S31_TokensDieAtOnce = TokensContract;
BBGRANT_FOR_EVERY_DRIVER(S31_TokensDieAtOnce);

TEST_P(S31_TokensDieAtOnce, EachCauseKillsEachKind) {
  const struct {
    const char* name;
    std::function<bool(Store&, const World&)> happen;
  } causes[] = {
      {"password changed",
       [](Store& s, const World& w) { return run(s.set_password(w.alice, "$argon2id$new")); }},
      {"two-step switched on",
       [](Store& s, const World& w) { return run(s.set_two_step(w.alice, Sealed{1})); }},
      {"disabled", [](Store& s, const World& w) { return run(s.set_active(w.alice, false)); }},
      {"secret renewed",
       [](Store& s, const World& w) {
         return run(s.renew_secret(w.consumer_key, hash_number(8), {4}));
       }},
      {"account removed", [](Store& s, const World& w) { return run(s.remove_account(w.alice)); }},
      {"consumer removed",
       [](Store& s, const World& w) { return run(s.remove_consumer(w.consumer_key)); }},
  };
  for (const auto& cause : causes) {
    SCOPED_TRACE(cause.name);
    const auto store = open_store({new_url()});
    const World world = make_world(*store);
    ASSERT_EQ(run(store->issue_tokens(new_tokens(world, 1))), Issue::kIssued);
    ASSERT_TRUE(cause.happen(*store, world));
    const auto access = run(store->find_access_token(access_of(1)));
    EXPECT_TRUE(!access || access->revoked);
    const auto refresh = run(store->find_refresh_token(refresh_of(1), world.consumer_key));
    EXPECT_TRUE(!refresh || refresh->revoked);
    EXPECT_NE(run(store->issue_from_refresh(new_refreshed(world, 1, 2))), Refresh::kIssued);
    EXPECT_NE(run(store->issue_tokens(new_tokens(world, 3))), Issue::kIssued)
        << "checked before, issued after";
  }
}

TEST_P(S31_TokensDieAtOnce, EnablingAgainRevivesNothing) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  ASSERT_TRUE(run(store_->set_active(world_.alice, false)));
  ASSERT_TRUE(run(store_->set_active(world_.alice, true)));
  EXPECT_FALSE(lives(1));
  EXPECT_FALSE(refresh_lives(1));
}

TEST_P(S31_TokensDieAtOnce, RehashAndTwoStepOffKillNothing) {
  ASSERT_EQ(issue(1), Issue::kIssued);
  ASSERT_TRUE(run(store_->update_password_hash(world_.alice, "$argon2id$alice", "$stronger")));
  ASSERT_TRUE(run(store_->set_two_step(world_.alice, std::nullopt)));
  EXPECT_TRUE(lives(1));
  EXPECT_TRUE(refresh_lives(1));
}

TEST_P(S31_TokensDieAtOnce, IssuingRacesWithAPasswordChangeAndLeavesNoLivingToken) {
  // Whatever the order in which the store takes them: no token lives after the change.
  constexpr std::uint64_t kCallers = 64;
  std::vector<std::thread> threads;
  std::atomic<int> issued{0};
  for (std::uint64_t number = 0; number < kCallers; ++number) {
    threads.emplace_back([&, number] {
      if (number == kCallers / 2) run(store_->set_password(world_.alice, "$argon2id$new"));
      if (issue(number) == Issue::kIssued) ++issued;
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::uint64_t number = 0; number < kCallers; ++number) EXPECT_FALSE(lives(number));
  RecordProperty("issued", issued.load());
}

TEST_P(TokensContract, OneConditionalIssueOf64IsWon) {
  // 64 callers bring the same access token: the database's own rule lets one through.
  constexpr int kCallers = 64;
  std::vector<std::thread> threads;
  std::atomic<int> issued{0};
  std::atomic<int> conflicts{0};
  for (int caller = 0; caller < kCallers; ++caller) {
    threads.emplace_back([&, caller] {
      NewTokens tokens = new_tokens(world_, 1);
      tokens.refresh_hash = refresh_of(static_cast<std::uint64_t>(caller) + 100);
      try {
        if (run(store_->issue_tokens(tokens)) == Issue::kIssued) ++issued;
      } catch (const StoreError& error) {
        if (error.kind() == StoreError::Kind::kConflict) ++conflicts;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(issued, 1);
  EXPECT_EQ(conflicts, kCallers - 1);
  int refresh_tokens = 0;
  for (std::uint64_t number = 100; number < 100 + kCallers; ++number) {
    if (refresh_lives(number)) ++refresh_tokens;
  }
  EXPECT_EQ(refresh_tokens, 1) << "those who lost took everything back";
}

TEST_P(TokensContract, PruningRemovesTheExpiredAndTheDeadAndNothingElse) {
  NewTokens ends = new_tokens(world_, 1);
  ends.refresh_expires = kNow + kTwoHours;
  NewTokens single = new_tokens(world_, 2);
  single.refresh_hash.reset();
  ASSERT_EQ(run(store_->issue_tokens(ends)), Issue::kIssued);
  ASSERT_EQ(run(store_->issue_tokens(single)), Issue::kIssued);
  ASSERT_EQ(issue(3), Issue::kIssued);
  ASSERT_EQ(issue(4), Issue::kIssued);
  ASSERT_EQ(run(store_->revoke_token(refresh_of(4), "key")), Revocation::kRevoked);

  EXPECT_EQ(run(store_->prune_expired(kNow, 100)), 0U) << "nothing is old enough";
  EXPECT_GT(run(store_->prune_expired(kNow + kTwoHours + std::chrono::seconds{1}, 100)), 0U);
  for (const std::uint64_t number : {1U, 2U, 3U, 4U}) {
    EXPECT_FALSE(run(store_->find_access_token(access_of(number)))) << number;
  }
  EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(1), "key")));
  EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(4), "key")));
  EXPECT_TRUE(refresh_lives(3));
  EXPECT_EQ(run(store_->issue_from_refresh(new_refreshed(world_, 3, 9))), Refresh::kIssued);
}

TEST_P(TokensContract, PruningGoesInBoundedTurnsAndGetsToTheEnd) {
  for (std::uint64_t number = 0; number < 25; ++number) ASSERT_EQ(issue(number), Issue::kIssued);
  ASSERT_TRUE(run(store_->set_password(world_.alice, "$argon2id$new")));
  const auto late = kNow + kTwoHours + std::chrono::seconds{1};
  for (int turn = 0; turn < 10; ++turn) {
    EXPECT_LE(run(store_->prune_expired(late, 10)), 20U);
  }
  for (std::uint64_t number = 0; number < 25; ++number) {
    EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(number), "key"))) << number;
  }
}

}  // namespace
}  // namespace bbgrant::store::testing

// SPDX-License-Identifier: MIT
#include "store/authorizations.hpp"

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

constexpr std::chrono::seconds kOneMinute{60};
constexpr SessionLife kLife{};

class AuthorizationsContract : public StoreContract {
 protected:
  World world_ = make_world(*store_);
  WebSessionId session_ = run(store_->open_session(hash_number(1), kNow));

  AuthorizationRequest request() {
    return {.consumer_key = "key",
            .response_type = "code",
            .redirect_uri = "http://localhost:3000/callback",
            .redirect_uri_sent = true,
            .scopes = "account",
            .state = "a b",
            .challenge = "challenge",
            .expires_on = kNow + kOneMinute};
  }
  void add_request(std::uint64_t ticket) {
    run(store_->add_authorization_request(hash_number(ticket), session_, request()));
  }
  void add_code(std::uint64_t number) {
    run(store_->add_code({.hash = hash_number(number),
                          .consumer_key = "key",
                          .secret_version = 1,
                          .account = world_.alice,
                          .password_version = 1,
                          .redirect_uri = "http://localhost:3000/callback",
                          .redirect_uri_sent = true,
                          .scopes = "account",
                          .challenge = "challenge",
                          .expires_on = kNow + kOneMinute}));
  }
  ShownCode shown(std::uint64_t number) {
    return {.hash = hash_number(number),
            .redirect_uri = "http://localhost:3000/callback",
            .challenge = "challenge",
            .now = kNow};
  }
  bool lives(std::uint64_t token) {
    const auto found = run(store_->find_access_token(access_of(token)));
    return found && !found->revoked;
  }
};
BBGRANT_FOR_EVERY_DRIVER(AuthorizationsContract);

using S20_CodeReplay = AuthorizationsContract;
using S21_CodeInjection = AuthorizationsContract;
using S25_SessionFixation = AuthorizationsContract;
using S31_Revocation = AuthorizationsContract;
using S74_ConsentChanged = AuthorizationsContract;
BBGRANT_FOR_EVERY_DRIVER(S20_CodeReplay);
BBGRANT_FOR_EVERY_DRIVER(S21_CodeInjection);
BBGRANT_FOR_EVERY_DRIVER(S25_SessionFixation);
BBGRANT_FOR_EVERY_DRIVER(S31_Revocation);
BBGRANT_FOR_EVERY_DRIVER(S74_ConsentChanged);

TEST_P(AuthorizationsContract, RequestComesBackAsItWasAdded) {
  add_request(7);
  const auto found = run(store_->find_authorization_request(hash_number(7), session_, kNow));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->consumer_key, "key");
  EXPECT_EQ(found->response_type, "code");
  EXPECT_EQ(found->redirect_uri, "http://localhost:3000/callback");
  EXPECT_TRUE(found->redirect_uri_sent);
  EXPECT_EQ(found->scopes, "account");
  EXPECT_EQ(found->state, "a b");
  EXPECT_EQ(found->challenge, "challenge");
  EXPECT_EQ(found->expires_on, kNow + kOneMinute);
  EXPECT_FALSE(found->account);
  EXPECT_FALSE(
      run(store_->find_authorization_request(hash_number(7), session_, kNow + kOneMinute)));
}

TEST_P(S74_ConsentChanged, RequestIsGivenOnceToTheSessionAndAccountThatSawIt) {
  add_request(7);
  const auto other = run(store_->open_session(hash_number(2), kNow));
  const auto take = [&](WebSessionId session, AccountId account, std::chrono::sys_seconds now) {
    return run(store_->take_authorization_request(hash_number(7), session, account, now))
        .has_value();
  };
  EXPECT_FALSE(take(session_, world_.alice, kNow)) << "shown to nobody yet";
  run(store_->show_authorization_request(hash_number(7), world_.alice));
  EXPECT_FALSE(take(other, world_.alice, kNow)) << "another session";
  EXPECT_FALSE(take(session_, AccountId{99}, kNow)) << "another account";
  EXPECT_FALSE(take(session_, world_.alice, kNow + kOneMinute)) << "expired";
  EXPECT_FALSE(run(store_->find_authorization_request(hash_number(7), other, kNow)));
  EXPECT_TRUE(take(session_, world_.alice, kNow));
  EXPECT_FALSE(take(session_, world_.alice, kNow)) << "a second time";
}

TEST_P(S25_SessionFixation, NewIdOnSignInAndTheOldOneIsDead) {
  add_request(7);
  ASSERT_TRUE(
      run(store_->renew_session(hash_number(1), hash_number(2),
                                SignIn{.account = world_.alice, .password_version = 1}, kNow)));
  EXPECT_FALSE(run(store_->find_session(hash_number(1), kNow, kLife)));
  const auto found = run(store_->find_session(hash_number(2), kNow, kLife));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, session_);
  ASSERT_TRUE(found->account);
  EXPECT_EQ(found->account->nickname, "alice");
  EXPECT_FALSE(found->second_step);
  EXPECT_TRUE(run(store_->find_authorization_request(hash_number(7), session_, kNow)));
  // And out again.
  ASSERT_TRUE(run(store_->renew_session(hash_number(2), hash_number(3), std::nullopt, kNow)));
  EXPECT_FALSE(run(store_->find_session(hash_number(2), kNow, kLife)));
  EXPECT_FALSE(run(store_->find_session(hash_number(3), kNow, kLife))->account);
}

TEST_P(S25_SessionFixation, SessionEndsByIdlenessAndByAge) {
  const auto found = [&](std::chrono::sys_seconds now) {
    return run(store_->find_session(hash_number(1), now, kLife)).has_value();
  };
  EXPECT_TRUE(found(kNow + kLife.idle - std::chrono::seconds{1}));
  EXPECT_FALSE(found(kNow + kLife.idle));
  run(store_->touch_session(session_, kNow + kLife.absolute - kOneMinute));
  EXPECT_TRUE(found(kNow + kLife.absolute - std::chrono::seconds{1}));
  EXPECT_FALSE(found(kNow + kLife.absolute));
}

TEST_P(S31_Revocation, SessionAndCodeDieWithWhatTheyCameFrom) {
  const std::pair<const char*, std::function<void()>> causes[] = {
      {"password changed", [&] { run(store_->set_password(world_.alice, "new")); }},
      {"two-step on", [&] { run(store_->set_two_step(world_.alice, Sealed{1})); }},
      {"disabled", [&] { run(store_->set_active(world_.alice, false)); }},
      {"removed", [&] { run(store_->remove_account(world_.alice)); }}};
  std::uint64_t number = 100;
  for (const auto& [name, cause] : causes) {
    SCOPED_TRACE(name);
    const auto account = run(store_->find_account(world_.alice));
    ASSERT_TRUE(account);
    (void)run(store_->open_session(hash_number(number), kNow));
    ASSERT_TRUE(run(store_->renew_session(
        hash_number(number), hash_number(number + 1),
        SignIn{.account = account->id, .password_version = account->password_version}, kNow)));
    run(store_->add_code({.hash = hash_number(number),
                          .consumer_key = "key",
                          .secret_version = 1,
                          .account = account->id,
                          .password_version = account->password_version,
                          .redirect_uri = "http://localhost:3000/callback",
                          .scopes = "account",
                          .expires_on = kNow + kOneMinute}));
    ASSERT_TRUE(run(store_->find_session(hash_number(number + 1), kNow, kLife)));
    cause();
    EXPECT_FALSE(run(store_->find_session(hash_number(number + 1), kNow, kLife)));
    EXPECT_FALSE(run(store_->renew_session(
        hash_number(number + 1), hash_number(number + 2),
        SignIn{.account = account->id, .password_version = account->password_version}, kNow)));
    NewTokens tokens = new_tokens(world_, number);
    tokens.password_version = account->password_version;
    EXPECT_NE(run(store_->spend_code({.hash = hash_number(number), .now = kNow}, tokens)),
              Spend::kIssued);
    run(store_->set_active(world_.alice, true));
    number += 10;
  }
}

TEST_P(S31_Revocation, CodeDiesWithTheOldSecretAndWithTheConsumer) {
  add_code(1);
  run(store_->renew_secret("key", hash_number(5), Sealed{1}));
  NewTokens tokens = new_tokens(world_, 1);
  tokens.secret_version = 2;
  EXPECT_EQ(run(store_->spend_code(shown(1), tokens)), Spend::kChanged);
  add_code(2);
  run(store_->remove_consumer("key"));
  EXPECT_EQ(run(store_->spend_code(shown(2), tokens)), Spend::kUnknown);
}

TEST_P(S20_CodeReplay, SecondUseRevokesWhatTheFirstGave) {
  add_code(1);
  EXPECT_EQ(run(store_->spend_code(shown(1), new_tokens(world_, 1))), Spend::kIssued);
  EXPECT_TRUE(lives(1));
  EXPECT_EQ(run(store_->spend_code(shown(1), new_tokens(world_, 2))), Spend::kUsed);
  EXPECT_FALSE(lives(1));
  EXPECT_FALSE(lives(2));
}

TEST_P(S20_CodeReplay, OneOf64AtOnceWins) {
  add_code(1);
  std::atomic<int> issued{0};
  std::vector<std::thread> threads;
  for (std::uint64_t number = 1; number <= 64; ++number) {
    threads.emplace_back([&, number] {
      if (run(store_->spend_code(shown(1), new_tokens(world_, number))) == Spend::kIssued) ++issued;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(issued, 1);
}

TEST_P(S21_CodeInjection, WhateverIsWrongSpendsTheCode) {
  struct Case {
    const char* name;
    std::function<void(ShownCode&, NewTokens&)> change;
    Spend first;
    Spend then;
  };
  const Case cases[] = {
      {"other URI", [](auto& code, auto&) { code.redirect_uri = "http://localhost:3000/call"; },
       Spend::kWrongRedirectUri, Spend::kUsed},
      {"no URI", [](auto& code, auto&) { code.redirect_uri.reset(); }, Spend::kWrongRedirectUri,
       Spend::kUsed},
      {"other verifier", [](auto& code, auto&) { code.challenge = "other"; }, Spend::kWrongVerifier,
       Spend::kUsed},
      {"no verifier", [](auto& code, auto&) { code.challenge.reset(); }, Spend::kWrongVerifier,
       Spend::kUsed},
      {"too late", [](auto& code, auto&) { code.now += kOneMinute; }, Spend::kExpired,
       Spend::kUsed},
      {"another's", [](auto&, auto& tokens) { tokens.consumer_key = "other"; }, Spend::kUnknown,
       Spend::kIssued}};
  std::uint64_t number = 10;
  for (const auto& line : cases) {
    SCOPED_TRACE(line.name);
    add_code(++number);
    ShownCode code = shown(number);
    NewTokens tokens = new_tokens(world_, number);
    line.change(code, tokens);
    EXPECT_EQ(run(store_->spend_code(code, tokens)), line.first);
    EXPECT_EQ(run(store_->spend_code(shown(number), new_tokens(world_, number))), line.then);
  }
}

TEST_P(AuthorizationsContract, TotpStepIsGoodOnceAndNeverBackwards) {
  EXPECT_TRUE(run(store_->use_totp_step(world_.alice, 10)));
  EXPECT_FALSE(run(store_->use_totp_step(world_.alice, 10)));
  EXPECT_FALSE(run(store_->use_totp_step(world_.alice, 9)));
  EXPECT_TRUE(run(store_->use_totp_step(world_.alice, 11)));
}

TEST_P(AuthorizationsContract, PruningTakesWhatIsOverAndKeepsVisitorsBounded) {
  add_request(7);
  add_code(1);
  EXPECT_EQ(run(store_->prune_authorizations(kNow + kOneMinute, 10)), 0U);
  EXPECT_EQ(run(store_->prune_authorizations(kNow + kOneMinute + kOneMinute, 10)), 2U);
  (void)run(store_->open_session(hash_number(2), kNow));
  (void)run(store_->open_session(hash_number(3), kNow));
  EXPECT_EQ(run(store_->prune_sessions(kNow, 10, 2)), 1U);
  EXPECT_FALSE(run(store_->find_session(hash_number(1), kNow, kLife))) << "the oldest visitor";
  EXPECT_EQ(run(store_->prune_sessions(kNow + kOneMinute, 10, 2)), 2U);
}

}  // namespace
}  // namespace bbgrant::store::testing

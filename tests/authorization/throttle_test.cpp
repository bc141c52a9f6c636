// SPDX-License-Identifier: MIT
#include "authorization/throttle.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace bbgrant::authorization {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

/// What the store makes of changes that are the first of their counters.
std::vector<store::ThrottleCounter> stored(const std::vector<store::ThrottleChange>& changes) {
  std::vector<store::ThrottleCounter> counters;
  for (const auto& one : changes) {
    counters.push_back({one.kind, one.key, one.thousandths, one.last_failure});
  }
  return counters;
}

class S10_Throttle : public testing::Test {
 protected:
  void fail(int times, const std::string& name = "alice", const std::string& from = "192.0.2.1") {
    for (int i = 0; i < times; ++i) throttle.failed(name, from);
  }

  base::ManualClock clock;
  Throttle throttle{clock};
};

TEST_F(S10_Throttle, LetsTenFailuresPassAndBlocksTheEleventh) {
  fail(9);
  EXPECT_FALSE(throttle.wait("alice", "192.0.2.1"));
  fail(1);
  EXPECT_EQ(throttle.wait("alice", "192.0.2.1"), 1s);
}

TEST_F(S10_Throttle, GrowsTheWaitUpToItsLongest) {
  fail(11);
  EXPECT_EQ(throttle.wait("alice", "192.0.2.1"), 2s);
  fail(1);
  EXPECT_EQ(throttle.wait("alice", "192.0.2.1"), 4s);
  fail(50);
  EXPECT_EQ(throttle.wait("alice", "192.0.2.1"), 15min);
}

TEST_F(S10_Throttle, EndsABlockWithTime) {
  fail(11);
  clock.advance(1s);
  EXPECT_EQ(throttle.wait("alice", "192.0.2.1"), 1s);
  clock.advance(1s);
  EXPECT_FALSE(throttle.wait("alice", "192.0.2.1"));
}

TEST_F(S10_Throttle, AHundredFailuresAnHourFromOneAddressStayFree) {
  for (int i = 0; i < 500; ++i) {
    throttle.failed("name" + std::to_string(i), "192.0.2.1");
    clock.advance(40s);
  }
  EXPECT_FALSE(throttle.wait("fresh", "192.0.2.1"));
}

TEST_F(S10_Throttle, ForgetsAfterAQuietHour) {
  fail(12);
  clock.advance(1h + 1s);
  fail(1);
  EXPECT_FALSE(throttle.wait("alice", "192.0.2.1"));
}

TEST_F(S10_Throttle, LeavesOtherAddressesOfTheSameUserAlone) {
  fail(20);
  EXPECT_FALSE(throttle.wait("alice", "192.0.2.2"));
}

TEST_F(S10_Throttle, CountsUnknownNamesAlike) {
  fail(10, "nobody-has-this-name");
  EXPECT_TRUE(throttle.wait("nobody-has-this-name", "192.0.2.1"));
}

TEST_F(S10_Throttle, StopsAnAddressThatSpraysNames) {
  for (int i = 0; i < 99; ++i) throttle.failed("name" + std::to_string(i), "192.0.2.1");
  EXPECT_FALSE(throttle.wait("fresh", "192.0.2.1"));
  throttle.failed("name99", "192.0.2.1");
  EXPECT_TRUE(throttle.wait("fresh", "192.0.2.1"));
  EXPECT_FALSE(throttle.wait("fresh", "192.0.2.2"));
}

TEST_F(S10_Throttle, StartsAfreshForThePairAfterAGoodSignIn) {
  fail(9);
  throttle.succeeded("alice", "192.0.2.1");
  fail(9);
  EXPECT_FALSE(throttle.wait("alice", "192.0.2.1"));
}

TEST_F(S10_Throttle, StaysBoundedHoweverManyNamesAreSprayed) {
  Throttle::Limits limits;
  limits.most_counters = 1000;
  Throttle small{clock, limits};
  for (int i = 0; i < 20'000; ++i) small.failed("name" + std::to_string(i), "192.0.2.1");
  EXPECT_LE(small.take_changes().size(), 1001U);  // 1,000 pairs, one address
}

TEST_F(S10_Throttle, SurvivesARestart) {
  fail(14);
  const auto saved = stored(throttle.take_changes());
  EXPECT_EQ(saved.size(), 2U);
  EXPECT_TRUE(throttle.take_changes().empty());
  Throttle next{clock};
  next.adopt(saved);
  EXPECT_EQ(next.wait("alice", "192.0.2.1"), 16s);
}

TEST_F(S10_Throttle, CountsWhatOtherInstancesHaveCounted) {
  Throttle other{clock};
  fail(6);
  for (int i = 0; i < 5; ++i) other.failed("alice", "192.0.2.1");
  auto sum = stored(throttle.take_changes());
  for (const auto& added : other.take_changes()) {
    for (auto& counter : sum) {
      if (counter.key == added.key) counter.thousandths += added.thousandths;
    }
  }
  fail(1);
  throttle.adopt(sum);
  other.adopt(sum);
  EXPECT_EQ(other.wait("alice", "192.0.2.1"), 2s) << "11";
  EXPECT_EQ(throttle.wait("alice", "192.0.2.1"), 4s) << "and one that the store has not heard of";
  throttle.succeeded("alice", "192.0.2.1");
  throttle.adopt(sum);
  EXPECT_FALSE(throttle.wait("alice", "192.0.2.1")) << "the store has not heard of it";
  const auto changes = throttle.take_changes();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_TRUE(changes[0].afresh);
  other.adopt(stored(changes));
  EXPECT_FALSE(other.wait("alice", "192.0.2.1"));
}

TEST_F(S10_Throttle, WhatTheStoreDidNotTakeIsTakenLater) {
  fail(4);
  const auto refused = throttle.take_changes();
  fail(3);
  throttle.give_back(refused);
  const auto changes = throttle.take_changes();
  ASSERT_EQ(changes.size(), 2U);
  for (const auto& change : changes) EXPECT_EQ(change.thousandths, 7000);
  EXPECT_TRUE(throttle.take_changes().empty());
}

TEST_F(S10_Throttle, S96_AClockThatJumpedBackDoesNotLockOutForEver) {
  fail(14);
  const auto saved = stored(throttle.take_changes());
  base::ManualClock earlier{clock.now() - 100h};
  Throttle next{earlier};
  next.adopt(saved);
  EXPECT_LE(next.wait("alice", "192.0.2.1"), 15min);
}

}  // namespace
}  // namespace bbgrant::authorization

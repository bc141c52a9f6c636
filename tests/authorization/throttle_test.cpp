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
  const auto saved = throttle.take_changes();
  EXPECT_EQ(saved.size(), 2U);
  EXPECT_TRUE(throttle.take_changes().empty());
  Throttle next{clock};
  next.restore(saved);
  EXPECT_EQ(next.wait("alice", "192.0.2.1"), 16s);
}

TEST_F(S10_Throttle, S96_AClockThatJumpedBackDoesNotLockOutForEver) {
  fail(14);
  const auto saved = throttle.take_changes();
  base::ManualClock earlier{clock.now() - 100h};
  Throttle next{earlier};
  next.restore(saved);
  EXPECT_LE(next.wait("alice", "192.0.2.1"), 15min);
}

}  // namespace
}  // namespace bbgrant::authorization

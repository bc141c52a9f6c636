// SPDX-License-Identifier: MIT
#include "base/clock.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace bbgrant::base {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(ManualClock, StandsStillUntilItIsAdvanced) {
  ManualClock clock;
  const auto now = clock.now();
  const auto monotonic = clock.monotonic();
  EXPECT_EQ(clock.now(), now);
  clock.advance(seconds{5});
  EXPECT_EQ(clock.now(), now + seconds{5});
  EXPECT_EQ(clock.monotonic(), monotonic + seconds{5});
  EXPECT_THROW(clock.advance(seconds{-1}), std::invalid_argument);
  EXPECT_EQ(clock.now(), now + seconds{5});
}

TEST(S96_ClockMoves, SettingTheCalendarLeavesTheMonotonicClockAlone) {
  ManualClock clock;
  const auto monotonic = clock.monotonic();
  const auto now = clock.now();
  clock.set(now - hours{1});
  EXPECT_EQ(clock.now(), now - hours{1});
  EXPECT_EQ(clock.monotonic(), monotonic);
}

TEST(S96_ClockMoves, MovableClockRunsOnFromWhereItWasSet) {
  MovableClock clock;
  const auto before = clock.monotonic();
  const std::chrono::sys_seconds target = std::chrono::sys_days{std::chrono::year{2030} / 1 / 1};
  clock.set(target);
  EXPECT_GE(clock.now(), target);
  EXPECT_LT(clock.now(), target + seconds{5});
  const auto after = clock.monotonic();
  EXPECT_GT(after, before + hours{24});
  clock.set(target - hours{1});
  EXPECT_LT(clock.now(), target);
  EXPECT_GE(clock.monotonic(), after);
}

TEST(SystemClock, MonotonicNeverGoesBack) {
  const SystemClock clock;
  const auto first = clock.monotonic();
  EXPECT_GE(clock.monotonic(), first);
  EXPECT_GT(clock.now().time_since_epoch(), hours{24} * 365 * 50);
}

}  // namespace
}  // namespace bbgrant::base

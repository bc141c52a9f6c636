// SPDX-License-Identifier: MIT
#include "base/clock.hpp"

#include <stdexcept>

namespace bbgrant::base {
namespace {

std::chrono::sys_seconds system_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

void require_forward(std::chrono::seconds by) {
  if (by < std::chrono::seconds{0}) {
    throw std::invalid_argument{"a clock advances by zero or more seconds"};
  }
}

}  // namespace

std::chrono::sys_seconds SystemClock::now() const { return system_now(); }

std::chrono::steady_clock::time_point SystemClock::monotonic() const {
  return std::chrono::steady_clock::now();
}

// The monotonic clock starts away from zero, so that code may subtract from it.
ManualClock::ManualClock(std::chrono::sys_seconds start)
    : now_(start), monotonic_(std::chrono::hours{24}) {}

std::chrono::sys_seconds ManualClock::now() const {
  const std::lock_guard lock{mutex_};
  return now_;
}

std::chrono::steady_clock::time_point ManualClock::monotonic() const {
  const std::lock_guard lock{mutex_};
  return monotonic_;
}

void ManualClock::advance(std::chrono::seconds by) {
  require_forward(by);
  const std::lock_guard lock{mutex_};
  now_ += by;
  monotonic_ += by;
}

void ManualClock::set(std::chrono::sys_seconds time) {
  const std::lock_guard lock{mutex_};
  now_ = time;
}

std::chrono::sys_seconds MovableClock::now() const {
  const std::lock_guard lock{mutex_};
  return system_now() + calendar_shift_;
}

std::chrono::steady_clock::time_point MovableClock::monotonic() const {
  const std::lock_guard lock{mutex_};
  return std::chrono::steady_clock::now() + monotonic_shift_;
}

void MovableClock::advance(std::chrono::seconds by) {
  require_forward(by);
  const std::lock_guard lock{mutex_};
  calendar_shift_ += by;
  monotonic_shift_ += by;
}

void MovableClock::set(std::chrono::sys_seconds time) {
  const std::lock_guard lock{mutex_};
  const std::chrono::seconds by = time - (system_now() + calendar_shift_);
  calendar_shift_ += by;
  if (by > std::chrono::seconds{0}) monotonic_shift_ += by;
}

}  // namespace bbgrant::base

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <mutex>

namespace bbgrant::base {

/// The two times that a server needs: the calendar for what is stored, the monotonic clock for
/// waiting and throttling (S96). Injected, so that tests and the sandbox's control can move it.
/// Thread-safe.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// UTC, whole seconds.
  [[nodiscard]] virtual std::chrono::sys_seconds now() const = 0;

  /// Never goes back. For waiting and for durations, never for what is stored.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point monotonic() const = 0;
};

/// The machine's own clocks.
class SystemClock : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_seconds now() const override;
  [[nodiscard]] std::chrono::steady_clock::time_point monotonic() const override;
};

/// Stands still until it is moved. For tests.
class ManualClock : public Clock {
 public:
  /// @param start  the first now(); the default is an ordinary day in 2021.
  explicit ManualClock(std::chrono::sys_seconds start = std::chrono::sys_days{
                           std::chrono::year{2021} / std::chrono::June / 1});

  [[nodiscard]] std::chrono::sys_seconds now() const override;
  [[nodiscard]] std::chrono::steady_clock::time_point monotonic() const override;

  /// Moves both clocks on.
  /// @param by  zero or more; less is refused with std::invalid_argument and changes nothing.
  void advance(std::chrono::seconds by);

  /// Sets the calendar only, forward or back, as when a person sets the machine's clock.
  void set(std::chrono::sys_seconds time);

 private:
  mutable std::mutex mutex_;
  std::chrono::sys_seconds now_;
  std::chrono::steady_clock::time_point monotonic_;
};

/// The machine's clocks, shifted: runs on, and can be moved. For the sandbox's control interface.
class MovableClock : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_seconds now() const override;
  [[nodiscard]] std::chrono::steady_clock::time_point monotonic() const override;

  /// Moves both clocks on.
  /// @param by  zero or more; less is refused with std::invalid_argument and changes nothing.
  void advance(std::chrono::seconds by);

  /// Sets the calendar, forward or back. A move forward moves the monotonic clock as well, so that
  /// waiting and throttling end as they would have; a move back leaves it alone.
  void set(std::chrono::sys_seconds time);

 private:
  mutable std::mutex mutex_;
  std::chrono::seconds calendar_shift_{0};
  std::chrono::seconds monotonic_shift_{0};
};

}  // namespace bbgrant::base

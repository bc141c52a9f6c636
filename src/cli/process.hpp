// SPDX-License-Identifier: MIT
#pragma once

#include <signal.h>

namespace bbgrant::cli {

/// No core file and no other process's look into the memory that holds passwords (S14).
/// @return false when the kernel refused.
[[nodiscard]] bool disable_core_dumps() noexcept;

/// Holds SIGINT and SIGTERM back from every thread, those started later too, so that one thread can
/// wait for them. Made before the first thread; the destructor gives the old mask back.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Returns once one of them has come. From then on a second one ends the process at once, for
  /// whoever does not want to wait for the clean stop.
  void wait();

 private:
  sigset_t signals_{};
  sigset_t before_{};
};

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include "cli/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace bbgrant::cli {

bool disable_core_dumps() noexcept {
  const rlimit none{0, 0};
  bool done = ::setrlimit(RLIMIT_CORE, &none) == 0;
  // A core_pattern that names a program does not ask for the limit, hence the flag as well. The
  // leak checker of the sanitizers traces its own process, which the flag forbids.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  done = ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && done;
#endif
  return done;
}

StopSignals::StopSignals() {
  ::sigemptyset(&signals_);
  ::sigaddset(&signals_, SIGINT);
  ::sigaddset(&signals_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

StopSignals::~StopSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void StopSignals::wait() {
  int signal = 0;
  while (::sigwait(&signals_, &signal) != 0) {
  }
  ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace bbgrant::cli

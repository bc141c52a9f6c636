// SPDX-License-Identifier: MIT
#pragma once

#include <future>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "authorization/throttle.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/store.hpp"

namespace boost::asio {
class io_context;
}

namespace bbgrant::sandbox {

/// What has to be done now and then: once a second the counters of failed sign-ins go to the store,
/// and those of other instances come from it (S10), once a minute what has expired is removed from
/// it. A fault is logged and tried again. start() and stop() are called from one thread.
class Housekeeping {
 public:
  Housekeeping(store::Store& store, authorization::Throttle& throttle, const base::Clock& clock,
               base::Log& log);
  ~Housekeeping();
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

  /// Takes over the counters of an earlier run. @throws store::StoreError
  [[nodiscard]] boost::asio::awaitable<void> restore();

  /// Begins on that loop.
  void start(boost::asio::io_context& loop);

  /// Shares the counters now, in place of within a second. After start().
  void share_now();

  /// Shares the counters once more and waits for it. May be called twice.
  void stop();

 private:
  [[nodiscard]] boost::asio::awaitable<void> run();
  [[nodiscard]] boost::asio::awaitable<void> share_counters();
  [[nodiscard]] boost::asio::awaitable<void> prune(bool expired_too);

  store::Store& store_;
  authorization::Throttle& throttle_;
  const base::Clock& clock_;
  base::Log& log_;
  bool failing_ = false;  // the store, at the last beat
  struct Timer;
  std::unique_ptr<Timer> timer_;
  std::future<void> ended_;
};

}  // namespace bbgrant::sandbox

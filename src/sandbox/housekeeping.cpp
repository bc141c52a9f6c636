// SPDX-License-Identifier: MIT
#include "sandbox/housekeeping.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

namespace bbgrant::sandbox {
namespace {

constexpr std::chrono::seconds kBeat{1};
constexpr int kBeatsBetweenErasures = 10;
constexpr int kBeatsBetweenPrunings = 60;
// A token says "expired" for a day before it is unknown.
constexpr std::chrono::hours kKeptAfterExpiry{24};
constexpr std::size_t kMostPruned = 10'000;
constexpr store::SessionLife kSessionLife{};
constexpr std::size_t kMostVisitors = 100'000;  // S51
constexpr std::size_t kMostCounters = 131'072;
constexpr std::size_t kMostAdopted = 10'000;
// Clocks of instances differ, and a write takes its time.
constexpr std::chrono::seconds kHeardAgain{30};

}  // namespace

struct Housekeeping::Timer {
  explicit Timer(boost::asio::io_context& loop) : beat(loop) {}
  boost::asio::steady_timer beat;
  bool stopping = false;  // touched on the loop alone
};

Housekeeping::Housekeeping(store::Store& store, authorization::Throttle& throttle,
                           const base::Clock& clock, base::Log& log)
    : store_(store), throttle_(throttle), clock_(clock), log_(log) {}

Housekeeping::~Housekeeping() { stop(); }

boost::asio::awaitable<void> Housekeeping::restore() {
  throttle_.adopt(co_await store_.load_throttle(kMostCounters));
}

void Housekeeping::start(boost::asio::io_context& loop) {
  timer_ = std::make_unique<Timer>(loop);
  ended_ = boost::asio::co_spawn(loop, run(), boost::asio::use_future);
}

void Housekeeping::share_now() {
  boost::asio::co_spawn(timer_->beat.get_executor(), share_counters(), boost::asio::use_future)
      .get();
}

void Housekeeping::stop() {
  if (!ended_.valid()) return;
  boost::asio::post(timer_->beat.get_executor(), [this] {
    timer_->stopping = true;
    timer_->beat.cancel();
  });
  ended_.get();
}

boost::asio::awaitable<void> Housekeeping::run() {
  for (int beats = 0; !timer_->stopping; ++beats) {
    if (beats % kBeatsBetweenErasures == 0) co_await prune(beats % kBeatsBetweenPrunings == 0);
    if (!timer_->stopping) {  // stop() may have come meanwhile, and has nothing to cancel then
      timer_->beat.expires_after(kBeat);
      co_await timer_->beat.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    co_await share_counters();
  }
}

boost::asio::awaitable<void> Housekeeping::share_counters() {
  auto changes = throttle_.take_changes();
  try {
    if (!changes.empty()) co_await store_.add_throttle(changes);
    changes.clear();
    throttle_.adopt(co_await store_.load_throttle(kMostAdopted, clock_.now() - kHeardAgain));
    failing_ = false;
  } catch (const std::exception& error) {
    throttle_.give_back(changes);
    if (!std::exchange(failing_, true)) {
      log_.warning("throttle_not_shared", {{"reason", error.what()}});
    }
  }
}

boost::asio::awaitable<void> Housekeeping::prune(bool expired_too) {
  try {
    const auto now = clock_.now();
    co_await store_.erase_successors(now);  // S27
    if (!expired_too) co_return;
    co_await store_.prune_expired(now - kKeptAfterExpiry, kMostPruned);
    co_await store_.prune_authorizations(now - kKeptAfterExpiry, kMostPruned);
    co_await store_.prune_sessions(now - kSessionLife.idle, kMostPruned, kMostVisitors);
    co_await store_.prune_throttle(now - kKeptAfterExpiry, kMostCounters);
  } catch (const std::exception& error) {
    log_.warning("store_not_pruned", {{"reason", error.what()}});
  }
}

}  // namespace bbgrant::sandbox

// SPDX-License-Identifier: MIT
#include "base/loops.hpp"

#include <algorithm>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <pthread.h>

namespace bbgrant::base {

namespace asio = boost::asio;

/// A loop whose pending operations can be destroyed before the loop itself is.
class EventLoops::Loop : public asio::io_context {
 public:
  using asio::execution_context::shutdown;
  using asio::io_context::io_context;
};

EventLoops::EventLoops(const std::string& name, std::size_t count) {
  if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < count; ++i) {
    // One thread a loop; others only post to it.
    loops_.push_back(std::make_unique<Loop>(1));
  }
  for (std::size_t i = 0; i < count; ++i) {
    threads_.emplace_back([&loop = *loops_[i]] {
      const auto work = asio::make_work_guard(loop);
      loop.run();
    });
    const std::string thread_name = (name + "-" + std::to_string(i)).substr(0, 15);
    ::pthread_setname_np(threads_.back().native_handle(), thread_name.c_str());
  }
}

EventLoops::~EventLoops() {
  stop();
  // What waits on one loop may hold a socket of another, so no loop goes before all are empty.
  for (const auto& loop : loops_) loop->shutdown();
}

asio::io_context& EventLoops::next() noexcept {
  return *loops_[next_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
}

asio::io_context& EventLoops::at(std::size_t index) noexcept { return *loops_[index]; }

void EventLoops::stop() {
  for (const auto& loop : loops_) loop->stop();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace bbgrant::base

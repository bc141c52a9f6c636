// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace bbgrant::base {

/// Some event loops with one thread each. The app and the sandbox have their own, so that neither
/// can starve the other.
///
/// Thread-safe but for stop(), which one thread calls, never a thread of these loops.
class EventLoops {
 public:
  /// Starts the threads.
  /// @param name   of the threads; the kernel shows 15 bytes.
  /// @param count  0 means one for each core.
  explicit EventLoops(const std::string& name, std::size_t count = 0);
  ~EventLoops();
  EventLoops(const EventLoops&) = delete;
  EventLoops& operator=(const EventLoops&) = delete;

  /// The loops in turn.
  [[nodiscard]] boost::asio::io_context& next() noexcept;

  [[nodiscard]] boost::asio::io_context& at(std::size_t index) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return loops_.size(); }

  /// Stops the loops at once and joins their threads; what still waits in them is destroyed with
  /// them. A server is stopped first (Server::stop), which finishes what is in flight. May be
  /// called twice.
  void stop();

 private:
  class Loop;

  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace bbgrant::base

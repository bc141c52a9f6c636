// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "store/database.hpp"

namespace bbgrant::store {

/// A job on its way to a thread of the driver.
struct Job {
  Database::Access access;
  Database::Work work;
  Database::Done done;
};

/// A bounded queue between callers and the threads of the driver. The thread that was busy last is
/// woken first, so that no more of them open connections than the load asks for. Thread-safe.
class JobQueue {
 public:
  explicit JobQueue(std::size_t most_waiting) : most_waiting_(most_waiting) {}

  /// Takes the job, or leaves it to the caller and says why not.
  [[nodiscard]] std::optional<Fault> push(Job& job);

  /// Waits for jobs and takes up to `most`, oldest first. Empty once the queue is closed and used
  /// up.
  [[nodiscard]] std::vector<Job> take(std::size_t most);

  /// Takes no more jobs; those that wait are still handed out.
  void close();

 private:
  const std::size_t most_waiting_;
  std::mutex mutex_;
  struct Waiting {
    std::condition_variable wake;
    bool woken = false;
  };
  void wake_last();

  std::vector<Waiting*> idle_;
  std::deque<Job> jobs_;
  bool closed_ = false;
};

/// Runs `work` and gives back what it threw.
[[nodiscard]] std::optional<Fault> fault_of(const std::function<void()>& work) noexcept;

/// Is it a fault of one call alone, which says nothing about the database?
[[nodiscard]] bool is_the_callers(const Fault& fault) noexcept;

}  // namespace bbgrant::store

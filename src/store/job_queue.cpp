// SPDX-License-Identifier: MIT
#include "store/job_queue.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace bbgrant::store {

std::optional<Fault> JobQueue::push(Job& job) {
  const std::lock_guard lock{mutex_};
  if (closed_) return Fault{StoreError::Kind::kUnavailable, "the store is closed"};
  if (jobs_.size() >= most_waiting_) {
    return Fault{StoreError::Kind::kBusy, "too many calls wait for the store"};
  }
  jobs_.push_back(std::move(job));
  wake_last();
  return std::nullopt;
}

std::vector<Job> JobQueue::take(std::size_t most) {
  std::unique_lock lock{mutex_};
  while (!closed_ && jobs_.empty()) {
    Waiting self;
    idle_.push_back(&self);
    self.wake.wait(lock, [&self] { return self.woken; });
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, jobs_.size()));
  std::vector<Job> taken{std::make_move_iterator(jobs_.begin()),
                         std::make_move_iterator(jobs_.begin() + count)};
  jobs_.erase(jobs_.begin(), jobs_.begin() + count);
  return taken;
}

void JobQueue::close() {
  const std::lock_guard lock{mutex_};
  closed_ = true;
  while (!idle_.empty()) wake_last();
}

// Under the lock, since the thread's own part is gone as soon as it runs on.
void JobQueue::wake_last() {
  if (idle_.empty()) return;
  Waiting& last = *idle_.back();
  idle_.pop_back();
  last.woken = true;
  last.wake.notify_one();
}

std::optional<Fault> fault_of(const std::function<void()>& work) noexcept {
  try {
    work();
    return std::nullopt;
  } catch (const StoreError& error) {
    return Fault{error.kind(), error.what(), error.code()};
  } catch (const std::exception& error) {
    return Fault{StoreError::Kind::kUnexpected, error.what()};
  } catch (...) {
    // No exception crosses the thread; a caller's own type tells us nothing.
    return Fault{StoreError::Kind::kUnexpected, "a job of the store threw something unknown"};
  }
}

bool is_the_callers(const Fault& fault) noexcept {
  return fault.kind == StoreError::Kind::kConflict || fault.kind == StoreError::Kind::kConstraint ||
         fault.kind == StoreError::Kind::kUnexpected ||
         fault.kind == StoreError::Kind::kNewerSchema;
}

}  // namespace bbgrant::store

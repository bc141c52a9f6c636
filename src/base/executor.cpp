// SPDX-License-Identifier: MIT
#include "base/executor.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <pthread.h>

#include "base/clock.hpp"

namespace bbgrant::base {

namespace asio = boost::asio;

namespace {

using Outcome = std::optional<Rejected>;

/// One call of submit(): the work, and how its caller is woken. finish() is called once.
class Job {
 public:
  Job(std::function<void()> work, JobOptions options)
      : work_(std::move(work)), options_(std::move(options)) {}
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  virtual void finish(std::exception_ptr error, Outcome outcome) = 0;

  /// Runs the work and gives back what it threw.
  [[nodiscard]] std::exception_ptr run() {
    std::exception_ptr error;
    try {
      work_();
    } catch (...) {
      // Carried to the caller: no exception ends a thread of the executor.
      error = std::current_exception();
    }
    work_ = nullptr;  // what it holds ends here, not on the loop
    return error;
  }

  [[nodiscard]] const JobOptions& options() const { return options_; }

 private:
  std::function<void()> work_;
  JobOptions options_;
};

template <class Handler>
class JobOf : public Job {
 public:
  JobOf(std::function<void()> work, JobOptions options, Handler handler)
      : Job(std::move(work), std::move(options)),
        handler_(std::move(handler)),
        // Keeps the caller's loop running while the work is elsewhere.
        guard_(asio::get_associated_executor(*handler_)) {}

  void finish(std::exception_ptr error, Outcome outcome) override {
    auto executor = guard_.get_executor();
    asio::post(executor, [handler = std::move(*handler_), guard = std::move(guard_),
                          error = std::move(error), outcome]() mutable {
      asio::get_associated_cancellation_slot(handler).clear();
      std::move(handler)(std::move(error), outcome);
    });
    handler_.reset();
  }

 private:
  std::optional<Handler> handler_;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> guard_;
};

}  // namespace

const char* name_of(Rejected rejected) noexcept {
  switch (rejected) {
    case Rejected::kQueueFull:
      return "queue_full";
    case Rejected::kKeyBusy:
      return "key_busy";
    case Rejected::kDeadline:
      return "deadline";
    case Rejected::kStopped:
      return "stopped";
  }
  return "unknown";
}

RejectedError::RejectedError(Rejected why)
    : std::runtime_error(std::string{"job rejected: "} + name_of(why)), why_(why) {}

struct Executor::Queue : std::enable_shared_from_this<Executor::Queue> {
  Queue(ExecutorOptions executor_options, const Clock& executor_clock)
      : options(std::move(executor_options)), clock(executor_clock) {}

  /// Takes the job, or says why not; then the job is left to the caller.
  Outcome push(const std::shared_ptr<Job>& job) {
    {
      const std::lock_guard lock{mutex};
      if (stopping) return Rejected::kStopped;
      if (jobs.size() >= options.max_queue && !(idle > jobs.size())) return Rejected::kQueueFull;
      if (!hold_key(job->options().fair_key)) return Rejected::kKeyBusy;
      jobs.push_back(job);
    }
    wake.notify_one();
    return std::nullopt;
  }

  /// Takes the job off when it still waits.
  bool remove(const std::shared_ptr<Job>& job) {
    const std::lock_guard lock{mutex};
    const auto at = std::find(jobs.begin(), jobs.end(), job);
    if (at == jobs.end()) return false;
    jobs.erase(at);
    release_key(job->options().fair_key);
    return true;
  }

  void work() {
    std::unique_lock lock{mutex};
    while (true) {
      ++idle;
      wake.wait(lock, [this] { return stopping || !jobs.empty(); });
      --idle;
      if (stopping) return;
      std::shared_ptr<Job> job = std::move(jobs.front());
      jobs.pop_front();
      ++running;
      lock.unlock();
      std::exception_ptr error;
      Outcome outcome;
      if (clock.monotonic() > job->options().deadline) {
        outcome = Rejected::kDeadline;
      } else {
        error = job->run();
      }
      lock.lock();
      --running;
      release_key(job->options().fair_key);
      lock.unlock();
      // After the key is free again: the caller may come back with its next job at once.
      job->finish(std::move(error), outcome);
      job.reset();
      lock.lock();
    }
  }

  bool hold_key(const std::string& key) {
    if (key.empty() || options.max_per_key == 0) return true;
    std::size_t& held = held_by_key[key];
    if (held >= options.max_per_key) return false;
    ++held;
    return true;
  }

  void release_key(const std::string& key) {
    const auto at = held_by_key.find(key);
    if (at != held_by_key.end() && --at->second == 0) held_by_key.erase(at);
  }

  ExecutorOptions options;
  const Clock& clock;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::shared_ptr<Job>> jobs;
  std::unordered_map<std::string, std::size_t> held_by_key;
  std::size_t idle = 0;
  std::size_t running = 0;
  bool stopping = false;
  std::vector<std::thread> threads;
};

Executor::Executor(ExecutorOptions options, const Clock& clock)
    : queue_(std::make_shared<Queue>(std::move(options), clock)) {
  for (std::size_t i = 0; i < queue_->options.threads; ++i) {
    queue_->threads.emplace_back([queue = queue_.get()] { queue->work(); });
    const std::string name = (queue_->options.name + "-" + std::to_string(i)).substr(0, 15);
    ::pthread_setname_np(queue_->threads.back().native_handle(), name.c_str());
  }
}

Executor::~Executor() { stop(); }

void Executor::stop() {
  std::deque<std::shared_ptr<Job>> waiting;
  {
    const std::lock_guard lock{queue_->mutex};
    queue_->stopping = true;
    waiting.swap(queue_->jobs);
    for (const auto& job : waiting) queue_->release_key(job->options().fair_key);
  }
  queue_->wake.notify_all();
  for (const auto& job : waiting) job->finish(nullptr, Rejected::kStopped);
  for (std::thread& thread : queue_->threads) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t Executor::waiting() const {
  const std::lock_guard lock{queue_->mutex};
  return queue_->jobs.size();
}

std::size_t Executor::running() const {
  const std::lock_guard lock{queue_->mutex};
  return queue_->running;
}

asio::awaitable<std::optional<Rejected>> Executor::submit(std::function<void()> work,
                                                          JobOptions options) {
  auto initiate = [queue = queue_](auto handler, std::function<void()> job_work,
                                   JobOptions job_options) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto job = std::make_shared<JobOf<decltype(handler)>>(
        std::move(job_work), std::move(job_options), std::move(handler));
    if (slot.is_connected()) {
      slot.assign([weak_queue = std::weak_ptr{queue},
                   weak_job = std::weak_ptr<Job>{job}](asio::cancellation_type) {
        const auto live_queue = weak_queue.lock();
        const auto live_job = weak_job.lock();
        if (!live_queue || !live_job || !live_queue->remove(live_job)) return;
        live_job->finish(
            std::make_exception_ptr(boost::system::system_error{asio::error::operation_aborted}),
            std::nullopt);
      });
    }
    if (const Outcome rejected = queue->push(job)) job->finish(nullptr, rejected);
  };
  return asio::async_initiate<const asio::use_awaitable_t<>&,
                              void(std::exception_ptr, std::optional<Rejected>)>(
      std::move(initiate), asio::use_awaitable, std::move(work), std::move(options));
}

}  // namespace bbgrant::base

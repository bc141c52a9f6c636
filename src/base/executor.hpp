// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include <boost/asio/awaitable.hpp>

namespace bbgrant::base {

class Clock;

/// Why a job was not run.
enum class Rejected {
  kQueueFull,  ///< as many jobs wait as may wait
  kKeyBusy,    ///< this fair_key holds as many jobs as one key may (S56)
  kDeadline,   ///< its deadline passed before a thread was free
  kStopped,    ///< the executor is stopping
};

/// For logs: "queue_full", "key_busy", "deadline", "stopped".
[[nodiscard]] const char* name_of(Rejected rejected) noexcept;

/// What run_or_throw() throws when a job is not run.
class RejectedError : public std::runtime_error {
 public:
  explicit RejectedError(Rejected why);
  [[nodiscard]] Rejected why() const noexcept { return why_; }

 private:
  Rejected why_;
};

struct ExecutorOptions {
  /// Thread names and log lines; at most 15 bytes are shown by the kernel.
  std::string name = {};
  std::size_t threads = 1;
  /// How many jobs may wait, those that run not counted.
  std::size_t max_queue = 64;
  /// How many jobs, waiting and running, one fair_key may hold; 0 sets no limit.
  std::size_t max_per_key = 0;
};

/// Not an aggregate on purpose; see Executor::run().
struct JobOptions {
  JobOptions() = default;
  JobOptions(std::string key, std::chrono::steady_clock::time_point at =
                                  std::chrono::steady_clock::time_point::max())
      : fair_key(std::move(key)), deadline(at) {}

  /// Whose job it is, e.g. the client's address; empty is not counted.
  std::string fair_key;
  /// A job that has not started by then is rejected. Monotonic time of the executor's clock.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

/// A fixed number of named threads with a bounded queue, for work that blocks: hashing, SQLite,
/// git, the client library (S56).
///
/// Thread-safe. The destructor stops it. Stop it before the loops of its callers are destroyed.
class Executor {
 public:
  /// @param clock  judges deadlines; must outlive the executor.
  Executor(ExecutorOptions options, const Clock& clock);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  template <class F>
  using ResultOf = std::invoke_result_t<std::decay_t<F>&>;
  template <class F>
  using Result = std::conditional_t<std::is_void_v<ResultOf<F>>, std::monostate, ResultOf<F>>;
  template <class F>
  using JobOutcome = std::variant<Result<F>, Rejected>;

  /// Runs `work` on a thread of this executor and resumes the caller on the caller's own executor.
  /// A full queue, a busy key and a stopped executor are answered at once.
  ///
  ///     auto work = [name = std::move(name)] { return slow(name); };
  ///     const auto outcome = co_await executor.run(work, {address, deadline});
  ///
  /// @param work  has a name, and is moved from. A lambda written inside the co_await expression is
  ///              refused unless it captures references and plain numbers only: g++ 12 destroys the
  ///              captures of such a lambda twice, and the members of an aggregate written there.
  ///              It may outlive the calling coroutine, so it must own what it uses or use what
  ///              outlives the executor.
  ///
  /// What `work` throws comes out at the co_await. A caller that is cancelled while its job waits
  /// gets boost::system::system_error (operation_aborted) and the job is taken off; a job that runs
  /// already runs to its end.
  template <class F>
  [[nodiscard]] boost::asio::awaitable<JobOutcome<F>> run(F&& work, JobOptions options = {}) {
    require_name<F>();
    return run_owned<std::decay_t<F>>(std::move(work), std::move(options));
  }

  /// The same for callers that treat a rejection as a fault.
  /// @throws RejectedError when the job was not run.
  template <class F>
  [[nodiscard]] boost::asio::awaitable<Result<F>> run_or_throw(F&& work, JobOptions options = {}) {
    require_name<F>();
    return run_owned_or_throw<std::decay_t<F>>(std::move(work), std::move(options));
  }

  /// Rejects what waits (kStopped), waits for what runs, ends the threads. May be called twice.
  void stop();

  /// How many jobs wait now.
  [[nodiscard]] std::size_t waiting() const;
  /// How many jobs run now.
  [[nodiscard]] std::size_t running() const;

 private:
  struct Queue;

  template <class F>
  static constexpr void require_name() {
    static_assert(std::is_lvalue_reference_v<F> || std::is_trivially_copyable_v<F>,
                  "give the work a name: auto work = [...] {...}; co_await executor.run(work);");
  }

  template <class F>
  boost::asio::awaitable<JobOutcome<F>> run_owned(F work, JobOptions options);
  template <class F>
  boost::asio::awaitable<Result<F>> run_owned_or_throw(F work, JobOptions options);

  // Runs `work`; the untyped half of run(), compiled once.
  [[nodiscard]] boost::asio::awaitable<std::optional<Rejected>> submit(std::function<void()> work,
                                                                       JobOptions options);

  std::shared_ptr<Queue> queue_;
};

template <class F>
boost::asio::awaitable<Executor::JobOutcome<F>> Executor::run_owned(F work, JobOptions options) {
  // Shared with the thread: the caller's frame may be gone before the work has ended.
  struct Shared {
    explicit Shared(F&& f) : work(std::move(f)) {}
    F work;
    std::optional<Result<F>> result;
  };
  auto shared = std::make_shared<Shared>(std::move(work));
  std::function<void()> job = [shared] {
    if constexpr (std::is_void_v<ResultOf<F>>) {
      shared->work();
      shared->result.emplace();
    } else {
      shared->result.emplace(shared->work());
    }
  };
  const std::optional<Rejected> rejected = co_await submit(std::move(job), std::move(options));
  if (rejected) co_return JobOutcome<F>{std::in_place_index<1>, *rejected};
  co_return JobOutcome<F>{std::in_place_index<0>, std::move(*shared->result)};
}

template <class F>
boost::asio::awaitable<Executor::Result<F>> Executor::run_owned_or_throw(F work,
                                                                         JobOptions options) {
  auto outcome = co_await run_owned<F>(std::move(work), std::move(options));
  if (outcome.index() == 1) throw RejectedError{std::get<1>(outcome)};
  co_return std::get<0>(std::move(outcome));
}

}  // namespace bbgrant::base

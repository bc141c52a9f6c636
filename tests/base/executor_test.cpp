// SPDX-License-Identifier: MIT
#include "base/executor.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "base/loops.hpp"

namespace bbgrant::base {
namespace {

namespace asio = boost::asio;

template <class T>
using Outcome = std::variant<T, Rejected>;

/// Work that waits until the test lets it go.
class Gate {
 public:
  void open() { opened_.set_value(); }
  void wait_until_entered() { entered_.get_future().wait(); }
  std::function<int()> work() {
    return [this] {
      entered_.set_value();
      released_.wait();
      return 1;
    };
  }

 private:
  std::promise<void> opened_;
  std::shared_future<void> released_{opened_.get_future()};
  std::promise<void> entered_;
};

class ExecutorTest : public ::testing::Test {
 protected:
  template <class F>
  auto start(Executor& executor, F work, JobOptions options = {}) {
    return asio::co_spawn(loops.next(), executor.run(work, std::move(options)), asio::use_future);
  }

  static int answer() { return 42; }

  void wait_for_queue(const Executor& executor, std::size_t length) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    while (executor.waiting() != length && std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
    }
    ASSERT_EQ(executor.waiting(), length);
  }

  ManualClock clock;
  EventLoops loops{"test", 2};
};

TEST_F(ExecutorTest, ResultComesBackOnTheLoopOfTheCaller) {
  Executor executor{{.name = "worker"}, clock};
  struct Threads {
    std::thread::id before;
    std::thread::id inside;
    std::thread::id after;
  };
  const auto body = [&]() -> asio::awaitable<Threads> {
    Threads threads;
    threads.before = std::this_thread::get_id();
    const auto outcome = co_await executor.run([] { return std::this_thread::get_id(); });
    threads.inside = std::get<0>(outcome);
    threads.after = std::this_thread::get_id();
    co_return threads;
  };
  const Threads threads = asio::co_spawn(loops.next(), body, asio::use_future).get();
  EXPECT_EQ(threads.before, threads.after);
  EXPECT_NE(threads.before, threads.inside);
}

TEST_F(ExecutorTest, WorkMayReturnNothingOrWhatOnlyMoves) {
  Executor executor{{.name = "worker"}, clock};
  bool ran = false;
  EXPECT_EQ(start(executor, [&ran] { ran = true; }).get().index(), 0U);
  EXPECT_TRUE(ran);
  auto moved = start(executor, [value = std::make_unique<int>(7)]() mutable {
                 return std::move(value);
               }).get();
  EXPECT_EQ(*std::get<0>(moved), 7);
}

TEST_F(ExecutorTest, WorkOwnsWhatItCaptures) {
  // g++ 12 would destroy these captures twice if the lambda stood in the co_await expression.
  Executor executor{{.name = "worker"}, clock};
  const auto body = [&]() -> asio::awaitable<std::string> {
    std::string short_text = "short";
    auto shared = std::make_shared<int>(7);
    auto work = [short_text = std::move(short_text), shared] {
      return short_text + std::to_string(*shared);
    };
    auto outcome = co_await executor.run(work, {"key", clock.monotonic()});
    co_return std::get<0>(std::move(outcome));
  };
  EXPECT_EQ(asio::co_spawn(loops.next(), body, asio::use_future).get(), "short7");
}

TEST_F(ExecutorTest, ExceptionComesOutAtTheAwait) {
  Executor executor{{.name = "worker"}, clock};
  auto failing = start(executor, []() -> int { throw std::runtime_error{"no disk"}; });
  EXPECT_THROW(failing.get(), std::runtime_error);
  EXPECT_EQ(std::get<0>(start(executor, answer).get()), 42);
}

TEST_F(ExecutorTest, RejectionCanBeAnException) {
  Executor executor{{.name = "worker"}, clock};
  executor.stop();
  auto outcome =
      asio::co_spawn(loops.next(), executor.run_or_throw(&ExecutorTest::answer), asio::use_future);
  try {
    outcome.get();
    FAIL() << "a stopped executor ran a job";
  } catch (const RejectedError& error) {
    EXPECT_EQ(error.why(), Rejected::kStopped);
    EXPECT_STREQ(error.what(), "job rejected: stopped");
  }
}

using S56_OverloadByHashing = ExecutorTest;

TEST_F(S56_OverloadByHashing, FullQueueIsAnsweredAtOnce) {
  Executor executor{{.name = "worker", .threads = 1, .max_queue = 2}, clock};
  Gate gate;
  auto running = start(executor, gate.work());
  gate.wait_until_entered();
  auto first = start(executor, answer);
  auto second = start(executor, answer);
  wait_for_queue(executor, 2);
  auto third = start(executor, answer);
  ASSERT_EQ(third.wait_for(std::chrono::seconds{5}), std::future_status::ready);
  EXPECT_EQ(std::get<Rejected>(third.get()), Rejected::kQueueFull);
  gate.open();
  EXPECT_EQ(std::get<0>(running.get()), 1);
  EXPECT_EQ(std::get<0>(first.get()), 42);
  EXPECT_EQ(std::get<0>(second.get()), 42);
}

TEST_F(S56_OverloadByHashing, OneKeyCannotFillTheQueue) {
  Executor executor{{.name = "worker", .threads = 1, .max_queue = 8, .max_per_key = 2}, clock};
  Gate gate;
  auto running = start(executor, gate.work(), JobOptions{"a"});
  gate.wait_until_entered();
  auto second = start(executor, answer, JobOptions{"a"});
  wait_for_queue(executor, 1);
  EXPECT_EQ(std::get<Rejected>(start(executor, answer, JobOptions{"a"}).get()), Rejected::kKeyBusy);
  auto other = start(executor, answer, JobOptions{"b"});
  auto unnamed = start(executor, answer);
  gate.open();
  EXPECT_EQ(std::get<0>(other.get()), 42);
  EXPECT_EQ(std::get<0>(unnamed.get()), 42);
  EXPECT_EQ(std::get<0>(second.get()), 42);
  EXPECT_EQ(std::get<0>(running.get()), 1);
  // Its share is free again by the time that the caller hears of the result.
  EXPECT_EQ(std::get<0>(start(executor, answer, JobOptions{"a"}).get()), 42);
}

TEST_F(S56_OverloadByHashing, JobWhoseDeadlinePassedDoesNotRun) {
  Executor executor{{.name = "worker"}, clock};
  Gate gate;
  auto running = start(executor, gate.work());
  gate.wait_until_entered();
  std::atomic<bool> ran{false};
  auto late = start(
      executor, [&ran] { ran = true; },
      JobOptions{"", clock.monotonic() + std::chrono::seconds{5}});
  wait_for_queue(executor, 1);
  clock.advance(std::chrono::seconds{6});
  gate.open();
  EXPECT_EQ(std::get<Rejected>(late.get()), Rejected::kDeadline);
  EXPECT_FALSE(ran);
}

TEST_F(S56_OverloadByHashing, JobOfACallerThatWasCancelledIsTakenOff) {
  Executor executor{{.name = "worker"}, clock};
  Gate gate;
  auto running = start(executor, gate.work());
  gate.wait_until_entered();
  std::atomic<bool> ran{false};
  asio::cancellation_signal signal;
  asio::io_context& loop = loops.at(0);
  std::promise<std::exception_ptr> ended;
  asio::co_spawn(
      loop, executor.run([&ran] { ran = true; }),
      asio::bind_cancellation_slot(signal.slot(), [&ended](std::exception_ptr error, const auto&) {
        ended.set_value(std::move(error));
      }));
  wait_for_queue(executor, 1);
  asio::post(loop, [&signal] { signal.emit(asio::cancellation_type::terminal); });
  const std::exception_ptr error = ended.get_future().get();
  ASSERT_TRUE(error);
  EXPECT_THROW(std::rethrow_exception(error), boost::system::system_error);
  EXPECT_EQ(executor.waiting(), 0U);
  gate.open();
  running.get();
  EXPECT_FALSE(ran);
}

TEST_F(ExecutorTest, CancelAfterTheStartLetsTheJobEnd) {
  Executor executor{{.name = "worker"}, clock};
  Gate gate;
  asio::cancellation_signal signal;
  std::promise<int> ended;
  auto work = gate.work();
  asio::co_spawn(loops.at(0), executor.run(work),
                 asio::bind_cancellation_slot(
                     signal.slot(), [&ended](std::exception_ptr, const Outcome<int>& outcome) {
                       ended.set_value(outcome.index() == 0 ? std::get<0>(outcome) : -1);
                     }));
  gate.wait_until_entered();
  std::promise<void> emitted;
  asio::post(loops.at(0), [&] {
    signal.emit(asio::cancellation_type::terminal);
    emitted.set_value();
  });
  emitted.get_future().wait();
  EXPECT_EQ(executor.running(), 1U);
  gate.open();
  ended.get_future().wait();
}

TEST_F(ExecutorTest, StopRejectsWhatWaitsAndWaitsForWhatRuns) {
  Executor executor{{.name = "worker"}, clock};
  Gate gate;
  auto running = start(executor, gate.work());
  gate.wait_until_entered();
  auto waiting = start(executor, answer);
  wait_for_queue(executor, 1);
  std::thread stopper{[&executor] { executor.stop(); }};
  EXPECT_EQ(std::get<Rejected>(waiting.get()), Rejected::kStopped);
  gate.open();
  stopper.join();
  EXPECT_EQ(std::get<0>(running.get()), 1);
  EXPECT_EQ(std::get<Rejected>(start(executor, answer).get()), Rejected::kStopped);
}

TEST_F(ExecutorTest, ManyCallersFromSeveralLoopsAllGetAnAnswer) {
  Executor executor{{.name = "worker", .threads = 4, .max_queue = 16, .max_per_key = 4}, clock};
  std::vector<std::future<Outcome<int>>> outcomes;
  for (int i = 0; i < 2000; ++i) {
    outcomes.push_back(start(executor, [i] { return i; }, JobOptions{std::to_string(i % 7)}));
  }
  int ran = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto outcome = outcomes[static_cast<std::size_t>(i)].get();
    if (outcome.index() == 0) {
      EXPECT_EQ(std::get<0>(outcome), i);
      ++ran;
    }
  }
  EXPECT_GT(ran, 0);
  EXPECT_EQ(executor.waiting(), 0U);
}

}  // namespace
}  // namespace bbgrant::base

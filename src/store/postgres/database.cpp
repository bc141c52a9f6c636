// SPDX-License-Identifier: MIT
#include "store/postgres/database.hpp"

#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>

#include "store/job_queue.hpp"
#include "store/postgres/connection.hpp"

namespace bbgrant::store {
namespace {

using postgres::PostgresConnection;
using std::chrono::steady_clock;

/// Makes connections. While the server is away one thread tries now and then, and the others are
/// told at once.
class Connector {
 public:
  Connector(std::string url, const PostgresOptions& options)
      : url_(std::move(url)),
        lock_wait_(std::to_string(options.lock_wait.count())),
        pause_(options.pause) {}

  /// @throws StoreError
  std::unique_ptr<PostgresConnection> connect() {
    {
      const std::lock_guard lock{mutex_};
      if (fault_ && (trying_ || steady_clock::now() < next_try_)) {
        throw StoreError{fault_->kind, fault_->text, fault_->code};
      }
      trying_ = true;
    }
    std::unique_ptr<PostgresConnection> made;
    const auto fault = fault_of([&] {
      made = std::make_unique<PostgresConnection>(postgres::open_handle(url_, lock_wait_));
    });
    const std::lock_guard lock{mutex_};
    fault_ = fault;
    trying_ = false;
    next_try_ = steady_clock::now() + pause_;
    if (fault) throw StoreError{fault->kind, fault->text, fault->code};
    return made;
  }

 private:
  const std::string url_;
  const std::string lock_wait_;
  const std::chrono::milliseconds pause_;
  std::mutex mutex_;
  std::optional<Fault> fault_;  ///< of the last try
  bool trying_ = false;
  steady_clock::time_point next_try_;
};

/// Threads with a connection each: a group that reads, a group that writes.
class PostgresDatabase : public Database {
 public:
  PostgresDatabase(const std::string& url, const PostgresOptions& options,
                   std::vector<std::string> warnings)
      : warnings_(std::move(warnings)),
        connector_(url, options),
        writes_(options.most_waiting),
        reads_(options.most_waiting) {
    start(options.writers, "store-write", writes_);
    start(options.readers, "store-read", reads_);
  }

  ~PostgresDatabase() override { PostgresDatabase::close(); }

  void submit(Access access, Work work, Done done) override {
    Job job{.access = access, .work = std::move(work), .done = std::move(done)};
    JobQueue& queue = access == Access::kWrite ? writes_ : reads_;
    if (std::optional<Fault> fault = queue.push(job)) job.done(std::move(fault));
  }

  [[nodiscard]] std::vector<std::string> warnings() const override { return warnings_; }

  [[nodiscard]] std::optional<Fault> last_write_fault() const override {
    const std::lock_guard lock{fault_mutex_};
    return last_fault_;
  }

  void close() noexcept override {
    const std::lock_guard lock{closing_};
    reads_.close();
    writes_.close();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  using Slot = std::unique_ptr<PostgresConnection>;

  void start(std::size_t count, const char* name, JobQueue& queue) {
    for (std::size_t i = 0; i < count; ++i) {
      threads_.emplace_back([this, &queue] {
        Slot connection;
        for (auto jobs = queue.take(1); !jobs.empty(); jobs = queue.take(1)) {
          serve(connection, jobs.front());
        }
      });
      ::pthread_setname_np(threads_.back().native_handle(), name);
    }
  }

  void serve(Slot& connection, Job& job) {
    std::optional<Fault> fault;
    int again = 0;
    do {
      fault = try_once(connection, job, again);
    } while (fault && again > 0);
    if (job.access == Access::kWrite && !(fault && is_the_callers(*fault))) {
      // Before the caller is told, so that who asks then hears of it.
      const std::lock_guard lock{fault_mutex_};
      last_fault_ = fault;
    }
    job.work = nullptr;
    job.done(std::move(fault));
  }

  /// @param tries  how many tries went before; set to the number of this one when another may help,
  ///               else to 0.
  std::optional<Fault> try_once(Slot& connection, Job& job, int& tries) {
    constexpr int kMostTries = 4;
    const int number = std::exchange(tries, 0) + 1;
    const bool used_before = connection != nullptr;
    bool committing = false;
    auto fault = fault_of([&] {
      if (!connection) connection = connector_.connect();
      if (job.access == Access::kWrite) connection->begin();
      if (job.access == Access::kSnapshot) connection->begin_snapshot();
      job.work(*connection);
      committing = job.access == Access::kWrite;
      if (job.access != Access::kRead) connection->commit();
    });
    if (!fault) return fault;
    // A connection that broke, or whose server is going down: libpq does not always know it yet.
    const bool broken = fault->kind == StoreError::Kind::kUnavailable;
    if (connection && !broken) connection->rollback();
    if (connection && !broken && connection->alive()) {
      // S95. What PostgreSQL took back may be tried again; it says so at the commit as well.
      const bool lost_a_race =
          fault->code == postgres::code_of("40001") || fault->code == postgres::code_of("40P01");
      if (lost_a_race && number < kMostTries) tries = number;
      // A server that became a replica: its successor is to be found.
      if (fault->kind == StoreError::Kind::kReadOnly) connection.reset();
      return fault;
    }
    connection.reset();
    // It broke while nobody used it, as in a restart of the server: a new one may be had. In the
    // commit nobody knows what became of it, so nothing is done twice.
    if (used_before && !committing) tries = number;
    return fault;
  }

  const std::vector<std::string> warnings_;
  Connector connector_;
  JobQueue writes_;
  JobQueue reads_;
  mutable std::mutex fault_mutex_;
  std::optional<Fault> last_fault_;
  std::mutex closing_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Database> open_postgres(const std::string& url, const PostgresOptions& options) {
  std::vector<std::string> warnings;
  const auto first = postgres::open_handle(url, std::to_string(options.lock_wait.count()));
  if (auto warning = postgres::warning_of(first.get()); !warning.empty()) {
    warnings.push_back(std::move(warning));
  }
  return std::make_unique<PostgresDatabase>(url, options, std::move(warnings));
}

}  // namespace bbgrant::store

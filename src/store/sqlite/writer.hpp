// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "store/job_queue.hpp"
#include "store/sqlite/connection.hpp"

namespace bbgrant::store::sqlite {

/// Runs batches of jobs, each batch one transaction with one commit, each job a part of its own in
/// it. A job that fails takes back only its part; a commit that fails fails all (S16, S57). Callers
/// are told after the commit, never before. Used by one thread, but for last_fault().
class Writer {
 public:
  using Open = std::function<std::unique_ptr<SqliteConnection>()>;

  /// @param open       makes a connection; called again after a fault that this one may not
  /// survive.
  /// @param watch_file  fail instead of writing into a file that was moved away or removed.
  Writer(Open open, bool watch_file);

  /// Runs the jobs and tells each caller how it went.
  void run(std::vector<Job> jobs);

  /// The fault of the last transaction, if it had one that was the database's. Any thread may ask.
  [[nodiscard]] std::optional<Fault> last_fault() const;

  /// Closes the connection.
  void close() noexcept { connection_.reset(); }

 private:
  /// Runs jobs from `first` on in one transaction, to the end or until SQLite takes it back.
  /// @returns the first job that was not run.
  std::size_t run_transaction(std::vector<Job>& jobs, std::size_t first);
  /// @returns the job's own fault.
  std::optional<Fault> run_job(Job& job);
  void finish_transaction();
  void remember(std::optional<Fault> fault);
  /// Leaves no transaction behind, if need be by closing the connection.
  void abandon() noexcept;

  Open open_;
  bool watch_file_;
  std::unique_ptr<SqliteConnection> connection_;
  mutable std::mutex fault_mutex_;
  std::optional<Fault> last_fault_;
};

}  // namespace bbgrant::store::sqlite

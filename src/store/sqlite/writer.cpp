// SPDX-License-Identifier: MIT
#include "store/sqlite/writer.hpp"

#include <utility>

namespace bbgrant::store::sqlite {
Writer::Writer(Open open, bool watch_file) : open_(std::move(open)), watch_file_(watch_file) {
  connection_ = open_();
}

void Writer::run(std::vector<Job> jobs) {
  std::size_t next = 0;
  while (next < jobs.size()) next = run_transaction(jobs, next);
}

std::size_t Writer::run_transaction(std::vector<Job>& jobs, std::size_t first) {
  std::vector<std::optional<Fault>> faults(jobs.size());
  std::size_t next = first;
  std::optional<Fault> fault = fault_of([&] {
    if (!connection_) connection_ = open_();
    connection_->begin();
    while (next < jobs.size()) {
      faults[next] = run_job(jobs[next]);
      ++next;
      // On some errors (disk full, I/O) SQLite takes back everything: what ran before in this
      // transaction is gone too, and what comes after gets a new one.
      if (!connection_->in_transaction()) {
        const auto& why = faults[next - 1];
        throw StoreError{why ? why->kind : StoreError::Kind::kUnexpected,
                         why ? why->text : "a job ended the transaction of its batch",
                         why ? why->code : 0};
      }
    }
    finish_transaction();
  });
  if (fault) {
    abandon();
    if (next == first) next = jobs.size();  // no transaction was to be had: none will be for others
  }
  // Before anybody is told, so that who asks then hears of it.
  std::optional<Fault> worst = fault;
  for (std::size_t at = first; at < next && !worst; ++at) {
    if (faults[at] && !is_the_callers(*faults[at])) worst = faults[at];
  }
  remember(std::move(worst));
  for (std::size_t at = first; at < next; ++at) {
    // A job's own fault says more than the batch's, but both mean that nothing was stored.
    jobs[at].done(faults[at] ? std::move(faults[at]) : fault);
  }
  return next;
}

std::optional<Fault> Writer::run_job(Job& job) {
  auto fault = fault_of([&] {
    connection_->begin_part();
    job.work(*connection_);
    connection_->keep_part();
  });
  if (fault) connection_->drop_part();
  job.work = nullptr;
  return fault;
}

void Writer::finish_transaction() {
  if (watch_file_ && !connection_->file_in_place()) {
    throw StoreError{StoreError::Kind::kUnavailable,
                     "the file of the store was moved or removed while it was open"};
  }
  connection_->commit();
}

std::optional<Fault> Writer::last_fault() const {
  const std::lock_guard lock{fault_mutex_};
  return last_fault_;
}

void Writer::remember(std::optional<Fault> fault) {
  const std::lock_guard lock{fault_mutex_};
  last_fault_ = std::move(fault);
}

void Writer::abandon() noexcept {
  if (!connection_) return;
  connection_->rollback();
  // A connection that cannot get out of its transaction is closed, which ends it.
  if (connection_->in_transaction()) connection_.reset();
}

}  // namespace bbgrant::store::sqlite

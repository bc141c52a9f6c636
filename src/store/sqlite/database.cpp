// SPDX-License-Identifier: MIT
#include "store/sqlite/database.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>

#include "store/job_queue.hpp"
#include "store/sqlite/files.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/writer.hpp"

namespace bbgrant::store {
namespace {

using sqlite::SqliteConnection;
using sqlite::Writer;

using Readers = std::vector<std::unique_ptr<SqliteConnection>>;

void read_with(SqliteConnection& connection, Job& job) {
  std::optional<Fault> fault = fault_of([&] {
    if (job.access == Database::Access::kSnapshot) connection.begin_snapshot();
    job.work(connection);
  });
  connection.end_snapshot();
  job.work = nullptr;
  job.done(std::move(fault));
}

/// One writer thread, some reader threads with a connection each; without readers the writer does
/// everything.
class SqliteDatabase : public Database {
 public:
  SqliteDatabase(const SqliteOptions& options, Writer::Open open_writer, bool in_file,
                 const std::function<Readers()>& open_readers)
      : largest_batch_(options.largest_batch),
        writes_(options.most_waiting),
        reads_(options.most_waiting),
        writer_(std::move(open_writer), in_file),
        readers_(open_readers()),
        writer_reads_(readers_.empty()) {
    start("store-write", [this] { write(); });
    for (const auto& reader : readers_) {
      start("store-read", [this, connection = reader.get()] { read(*connection); });
    }
  }

  ~SqliteDatabase() override { SqliteDatabase::close(); }

  void submit(Access access, Work work, Done done) override {
    Job job{.access = access, .work = std::move(work), .done = std::move(done)};
    JobQueue& queue = access == Access::kWrite || writer_reads_ ? writes_ : reads_;
    if (std::optional<Fault> fault = queue.push(job)) job.done(std::move(fault));
  }

  [[nodiscard]] std::optional<Fault> last_write_fault() const override {
    return writer_.last_fault();
  }

  void close() noexcept override {
    const std::lock_guard lock{closing_};
    reads_.close();
    writes_.close();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    // The writer goes last: the last connection puts the log into the database and removes it.
    readers_.clear();
    writer_.close();
  }

 private:
  template <class F>
  void start(const char* name, F run) {
    threads_.emplace_back(std::move(run));
    ::pthread_setname_np(threads_.back().native_handle(), name);
  }

  void write() {
    for (auto jobs = writes_.take(largest_batch_); !jobs.empty();
         jobs = writes_.take(largest_batch_)) {
      writer_.run(std::move(jobs));
    }
  }

  void read(SqliteConnection& connection) {
    for (auto jobs = reads_.take(1); !jobs.empty(); jobs = reads_.take(1)) {
      read_with(connection, jobs.front());
    }
  }

  const std::size_t largest_batch_;
  JobQueue writes_;
  JobQueue reads_;
  Writer writer_;
  Readers readers_;
  const bool writer_reads_;
  std::mutex closing_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Database> open_sqlite_file(const std::string& file, const SqliteOptions& options) {
  const std::string path = sqlite::prepare_files(file);
  auto open_writer = [path, options] { return sqlite::open_writer(path, options); };
  auto open_readers = [&path, &options] {
    Readers readers;
    for (std::size_t i = 0; i < options.readers; ++i) {
      readers.push_back(sqlite::open_reader(path, options));
    }
    return readers;
  };
  return std::make_unique<SqliteDatabase>(options, open_writer, true, open_readers);
}

std::unique_ptr<Database> open_sqlite_memory(const SqliteOptions& options) {
  auto open = [options] { return sqlite::open_memory(options); };
  return std::make_unique<SqliteDatabase>(options, open, false, [] { return Readers{}; });
}

}  // namespace bbgrant::store

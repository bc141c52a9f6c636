// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "store/error.hpp"
#include "store/sql.hpp"

namespace bbgrant::store {

/// The words in which databases differ when a table is made.
struct Dialect {
  std::string_view identity;  ///< type of a primary key that the database numbers
  std::string_view integer;   ///< 64 bits
  std::string_view bytes;
  std::string_view text;       ///< that sorts and compares by its bytes
  std::string_view table_end;  ///< options of a table
  std::string_view keyed_end;  ///< options of a table that is only ever found by its primary key
};

/// One connection, inside the transaction of one job. Used by one thread.
class Connection {
 public:
  using OnRow = std::function<void(const Row&)>;

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  /// Runs one statement to its end.
  /// @returns how many rows it inserted, updated or deleted; cascades are not counted.
  /// @throws StoreError, and what `on_row` throws. The job must then let it through.
  virtual std::int64_t execute(Sql sql, std::initializer_list<Value> values,
                               const OnRow& on_row = {}) = 0;

  /// Runs statements that are no literals and have no values: the schema.
  virtual void script(const std::string& text) = 0;

  [[nodiscard]] virtual const Dialect& dialect() const = 0;

  /// Waits until no other process changes the schema, and keeps all others from it until this job
  /// ends.
  virtual void lock_schema() = 0;

  /// The first row, read by `read(Reader)`.
  template <class Read>
  [[nodiscard]] std::optional<std::invoke_result_t<Read&, Reader>> first(
      Sql sql, std::initializer_list<Value> values, Read read) {
    std::optional<std::invoke_result_t<Read&, Reader>> found;
    execute(sql, values, [&](const Row& row) {
      if (!found) found.emplace(read(Reader{row}));
    });
    return found;
  }

  /// All rows, each read by `read(Reader)`.
  template <class Read>
  [[nodiscard]] std::vector<std::invoke_result_t<Read&, Reader>> all(
      Sql sql, std::initializer_list<Value> values, Read read) {
    std::vector<std::invoke_result_t<Read&, Reader>> rows;
    execute(sql, values, [&](const Row& row) { rows.push_back(read(Reader{row})); });
    return rows;
  }

  /// The first column of the first row; 0 without a row.
  [[nodiscard]] std::int64_t number(Sql sql, std::initializer_list<Value> values = {});
};

/// A fault that the database told of: plain words, and in brackets its own.
[[nodiscard]] StoreError told_by_database(StoreError::Kind kind, const std::string& own_words,
                                          int code);

/// What a job met; a StoreError in a form that may cross threads.
struct Fault {
  StoreError::Kind kind = StoreError::Kind::kUnexpected;
  std::string text;
  int code = 0;
};

/// A driver: runs jobs against one database. Jobs are plain functions of a Connection, written once
/// for every driver. Thread-safe.
class Database {
 public:
  enum class Access {
    kRead,      ///< one statement that changes nothing
    kSnapshot,  ///< several that change nothing and see one state
    kWrite,     ///< a transaction; others may run beside it: one statement decides, not two
  };
  using Work = std::function<void(Connection&)>;
  using Done = std::function<void(std::optional<Fault>)>;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  /// Runs `work` on a thread of the driver, then calls `done` there, once. For a write: `done` is
  /// called after the commit is durable, and every later job sees it; with a fault nothing that
  /// `work` did is there (or, where the connection broke in the very commit, nobody was told). What
  /// a try of `work` did is taken back before it is called again, as it is where the database asks
  /// for it (S95). It may outlive who asked for it.
  virtual void submit(Access access, Work work, Done done) = 0;

  /// What the person who starts the program should know, one line each.
  [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }

  /// The fault of the last write, if it had one that was the database's.
  [[nodiscard]] virtual std::optional<Fault> last_write_fault() const = 0;

  /// Refuses new jobs, finishes what was accepted, ends the threads. May be called twice.
  virtual void close() noexcept = 0;

  // What the rooms use: each runs `work(Connection&)` and gives back what it returned, on the
  // executor of the calling coroutine. StoreError when it failed. Cancellation is not heeded.

  template <std::invocable<Connection&> F>
  [[nodiscard]] boost::asio::awaitable<std::invoke_result_t<F&, Connection&>> read(F work) {
    return run(Access::kRead, std::move(work));
  }
  template <std::invocable<Connection&> F>
  [[nodiscard]] boost::asio::awaitable<std::invoke_result_t<F&, Connection&>> snapshot(F work) {
    return run(Access::kSnapshot, std::move(work));
  }
  template <std::invocable<Connection&> F>
  [[nodiscard]] boost::asio::awaitable<std::invoke_result_t<F&, Connection&>> write(F work) {
    return run(Access::kWrite, std::move(work));
  }

  /// The same for the time before there are loops: blocks the calling thread.
  void run_blocking(Access access, Work work);

 private:
  [[nodiscard]] boost::asio::awaitable<void> run_untyped(Access access, Work work);

  template <class F>
  [[nodiscard]] boost::asio::awaitable<std::invoke_result_t<F&, Connection&>> run(Access access,
                                                                                  F work) {
    using Result = std::invoke_result_t<F&, Connection&>;
    // Shared with the driver's thread: the caller's frame may be gone before the job has ended.
    struct Shared {
      explicit Shared(F&& f) : work(std::move(f)) {}
      F work;
      std::optional<Result> result;
    };
    auto shared = std::make_shared<Shared>(std::move(work));
    Work job = [shared](Connection& connection) {
      shared->result.emplace(shared->work(connection));
    };
    co_await run_untyped(access, std::move(job));
    co_return std::move(*shared->result);
  }
};

}  // namespace bbgrant::store

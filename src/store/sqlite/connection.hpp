// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/database.hpp"
#include "store/sqlite/handle.hpp"

namespace bbgrant::store::sqlite {

/// Told before each step of a transaction: "begin", "commit", "rollback", or the text of a
/// statement. May throw StoreError in the step's place. For tests and tracing.
using StepHook = std::function<void(std::string_view step)>;

/// One SQLite connection with its prepared statements. Used by one thread at a time.
class SqliteConnection : public Connection {
 public:
  /// @param handle  open.
  SqliteConnection(Handle handle, StepHook hook);

  std::int64_t execute(Sql sql, std::initializer_list<Value> values, const OnRow& on_row) override;
  void script(const std::string& text) override;
  [[nodiscard]] const Dialect& dialect() const override;
  void lock_schema() override {}  // begin() has the lock

  // A transaction of some jobs, each a part that can be taken back by itself.

  /// Takes the write lock at once, so that no job fails half way for want of it.
  void begin();
  void commit();
  /// Throws nothing. Afterwards in_transaction() tells whether it worked.
  void rollback() noexcept;
  /// False also after SQLite itself has taken a transaction back, as it does on some errors.
  [[nodiscard]] bool in_transaction() const noexcept;

  void begin_part();
  void keep_part();
  /// Throws nothing; where the part cannot be taken back, the whole transaction is.
  void drop_part() noexcept;

  /// Begins a read of several statements that see one state.
  void begin_snapshot();
  void end_snapshot() noexcept;

  /// Is the file that was opened still the one with its name? False when it was moved or removed:
  /// what is written then is lost.
  [[nodiscard]] bool file_in_place() const noexcept;

 private:
  struct Statement {
    StatementHandle handle;
    /// SQLite's index of $1, $2, ...: it numbers by first appearance, not by name.
    std::vector<int> parameters;
  };

  Statement& prepare(Sql sql);
  /// Without telling the hook.
  void execute_quietly(Sql sql);
  void step_to_end(sqlite3_stmt* statement, const OnRow& on_row);

  Handle handle_;
  StepHook hook_;
  /// By the address of the text: an Sql is a literal and never goes away.
  std::unordered_map<const char*, Statement> statements_;
};

}  // namespace bbgrant::store::sqlite

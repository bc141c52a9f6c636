// SPDX-License-Identifier: MIT
#include "store/sqlite/connection.hpp"

#include <utility>
#include <variant>

#include <sqlite3.h>

namespace bbgrant::store::sqlite {
namespace {

constexpr Dialect kDialect{.identity = "INTEGER PRIMARY KEY AUTOINCREMENT",
                           .integer = "INTEGER",
                           .bytes = "BLOB",
                           .text = " TEXT",
                           .table_end = "STRICT",
                           .keyed_end = "STRICT, WITHOUT ROWID"};

class SqliteRow : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  [[nodiscard]] std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] std::string_view text(int column) const override {
    const auto bytes = this->bytes(column);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  [[nodiscard]] std::span<const std::uint8_t> bytes(int column) const override {
    // For text this gives its UTF-8, zeros inside it included.
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (data == nullptr) return {};
    return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
  }

 private:
  sqlite3_stmt* statement_;
};

/// Puts a statement back as it was, so that it holds no lock and no pointer to a value.
class Resetting {
 public:
  explicit Resetting(sqlite3_stmt* statement) : statement_(statement) {}
  Resetting(const Resetting&) = delete;
  Resetting& operator=(const Resetting&) = delete;
  ~Resetting() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

struct Bind {
  sqlite3_stmt* statement;
  int index;

  int operator()(const Value::Integer& number) const {
    return number ? sqlite3_bind_int64(statement, index, *number)
                  : sqlite3_bind_null(statement, index);
  }
  int operator()(const Value::Text& text) const {
    if (!text) return sqlite3_bind_null(statement, index);
    // A null pointer would bind a null.
    const char* data = text->empty() ? "" : text->data();
    return sqlite3_bind_text64(statement, index, data, text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(const Value::Bytes& bytes) const {
    if (!bytes) return sqlite3_bind_null(statement, index);
    if (bytes->empty()) return sqlite3_bind_zeroblob(statement, index, 0);
    return sqlite3_bind_blob64(statement, index, bytes->data(), bytes->size(), SQLITE_STATIC);
  }
};

}  // namespace

SqliteConnection::SqliteConnection(Handle handle, StepHook hook)
    : handle_(std::move(handle)), hook_(std::move(hook)) {}

const Dialect& SqliteConnection::dialect() const { return kDialect; }

std::int64_t SqliteConnection::execute(Sql sql, std::initializer_list<Value> values,
                                       const OnRow& on_row) {
  if (hook_) hook_(sql.text());
  Statement& prepared = prepare(sql);
  sqlite3_stmt* statement = prepared.handle.get();
  if (values.size() != prepared.parameters.size()) {
    throw StoreError{StoreError::Kind::kUnexpected, "a statement has another number of values"};
  }
  const Resetting resetting{statement};
  std::size_t at = 0;
  for (const Value& value : values) {
    const int code = std::visit(Bind{statement, prepared.parameters[at++]}, value.get());
    if (code != SQLITE_OK) throw error_of(handle_.get(), code);
  }
  step_to_end(statement, on_row);
  return sqlite3_stmt_readonly(statement) != 0 ? 0 : sqlite3_changes64(handle_.get());
}

void SqliteConnection::step_to_end(sqlite3_stmt* statement, const OnRow& on_row) {
  while (true) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return;
    if (code != SQLITE_ROW) throw error_of(handle_.get(), code);
    if (on_row) on_row(SqliteRow{statement});
  }
}

SqliteConnection::Statement& SqliteConnection::prepare(Sql sql) {
  const std::string_view text = sql.text();
  const auto known = statements_.find(text.data());
  if (known != statements_.end()) return known->second;
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), text.data(), static_cast<int>(text.size() + 1),
                                      SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  if (code != SQLITE_OK) throw error_of(handle_.get(), code);
  Statement statement{.handle = StatementHandle{made}, .parameters = {}};
  const int count = sqlite3_bind_parameter_count(made);
  for (int number = 1; number <= count; ++number) {
    const std::string name = std::string{'$'}.append(std::to_string(number));
    statement.parameters.push_back(sqlite3_bind_parameter_index(made, name.c_str()));
  }
  return statements_.emplace(text.data(), std::move(statement)).first->second;
}

void SqliteConnection::script(const std::string& text) {
  if (hook_) hook_(text);
  run_script(handle_.get(), text);
}

void SqliteConnection::begin() {
  if (hook_) hook_("begin");
  execute_quietly("BEGIN IMMEDIATE");
}

void SqliteConnection::commit() {
  if (hook_) hook_("commit");
  execute_quietly("COMMIT");
}

void SqliteConnection::rollback() noexcept {
  if (!in_transaction()) return;
  try {
    if (hook_) hook_("rollback");
    execute_quietly("ROLLBACK");
  } catch (const StoreError&) {
    // in_transaction() says so; the caller opens the connection anew.
  }
}

bool SqliteConnection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

void SqliteConnection::begin_part() { execute_quietly("SAVEPOINT part"); }

void SqliteConnection::keep_part() { execute_quietly("RELEASE part"); }

void SqliteConnection::drop_part() noexcept {
  try {
    if (!in_transaction()) return;
    execute_quietly("ROLLBACK TO part");
    execute_quietly("RELEASE part");
  } catch (const StoreError&) {
    rollback();
  }
}

void SqliteConnection::begin_snapshot() { execute_quietly("BEGIN"); }

void SqliteConnection::end_snapshot() noexcept {
  try {
    if (in_transaction()) execute_quietly("COMMIT");
  } catch (const StoreError&) {
    rollback();
  }
}

bool SqliteConnection::file_in_place() const noexcept {
  int moved = 0;
  const int code = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code != SQLITE_OK || moved == 0;
}

void SqliteConnection::execute_quietly(Sql sql) {
  sqlite3_stmt* statement = prepare(sql).handle.get();
  const Resetting resetting{statement};
  step_to_end(statement, {});
}

}  // namespace bbgrant::store::sqlite

// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <unordered_map>

#include "store/database.hpp"
#include "store/postgres/handle.hpp"

namespace bbgrant::store::postgres {

/// One connection with its prepared statements. Used by one thread at a time.
class PostgresConnection : public Connection {
 public:
  explicit PostgresConnection(Handle handle) : handle_(std::move(handle)) {}

  std::int64_t execute(Sql sql, std::initializer_list<Value> values, const OnRow& on_row) override;
  void script(const std::string& text) override;
  [[nodiscard]] const Dialect& dialect() const override;
  void lock_schema() override;

  void begin();
  /// Begins a read of several statements that see one state.
  void begin_snapshot();
  /// @throws StoreError when it did not commit; where alive() is false then, it may have.
  void commit();
  void rollback() noexcept;

  /// False once the connection has broken; it is of no more use then.
  [[nodiscard]] bool alive() const noexcept;

 private:
  struct Parameters;

  const std::string& prepare(Sql sql, const Parameters& parameters);

  Handle handle_;
  /// Names by the address of the text: an Sql is a literal and never goes away.
  std::unordered_map<const char*, std::string> statements_;
};

}  // namespace bbgrant::store::postgres

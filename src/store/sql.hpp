// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "store/types.hpp"

namespace bbgrant::store {

/// SQL text. Only a literal becomes one, so no value can ever be pasted into it; values are bound
/// to $1, $2, ... What SQLite 3.40 and PostgreSQL 15 both take, with one meaning.
class Sql {
 public:
  template <std::size_t Size>
  consteval Sql(const char (&text)[Size]) : text_(text, Size - 1) {}

  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// A value to bind. Views must live through the call. It knows its type even when it is null, which
/// PostgreSQL needs and SQLite does not mind.
class Value {
 public:
  using Integer = std::optional<std::int64_t>;
  using Text = std::optional<std::string_view>;
  using Bytes = std::optional<std::span<const std::uint8_t>>;

  Value(std::same_as<bool> auto flag) : value_(Integer{flag ? 1 : 0}) {}
  Value(std::int64_t number) : value_(Integer{number}) {}
  Value(AccountId id) : value_(Integer{static_cast<std::int64_t>(id)}) {}
  Value(std::chrono::sys_seconds time) : value_(Integer{time.time_since_epoch().count()}) {}
  Value(std::chrono::seconds length) : value_(Integer{length.count()}) {}
  Value(std::string_view text) : value_(Text{text}) {}
  Value(const std::string& text) : value_(Text{text}) {}
  Value(const char* text) : value_(Text{text}) {}
  Value(const Hash& hash) : value_(Bytes{hash}) {}
  Value(const Sealed& sealed) : value_(Bytes{sealed}) {}
  Value(std::span<const std::uint8_t> bytes) : value_(Bytes{bytes}) {}

  /// Null of T's type when there is nothing.
  template <class T>
  Value(const std::optional<T>& value) : value_(value ? Value{*value}.value_ : null<T>()) {}

  [[nodiscard]] const std::variant<Integer, Text, Bytes>& get() const { return value_; }

 private:
  template <class T>
  static std::variant<Integer, Text, Bytes> null() {
    auto value = Value{T{}}.value_;
    std::visit([](auto& known) { known.reset(); }, value);
    return value;
  }

  std::variant<Integer, Text, Bytes> value_;
};

/// One row of an answer. Views live until the next row.
class Row {
 public:
  Row() = default;
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;
  virtual ~Row() = default;

  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual std::span<const std::uint8_t> bytes(int column) const = 0;
};

template <class T>
concept OptionalType = std::same_as<T, std::optional<typename T::value_type>>;

/// Reads a row's columns in their order.
class Reader {
 public:
  explicit Reader(const Row& row) : row_(row) {}

  /// The next column as a T; a null is T's empty value, or nothing for an optional.
  template <class T>
  [[nodiscard]] T next() {
    if constexpr (OptionalType<T>) {
      if (row_.is_null(column_)) {
        ++column_;
        return std::nullopt;
      }
      return next<typename T::value_type>();
    } else if constexpr (std::is_same_v<T, bool>) {
      return row_.integer(column_++) != 0;
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      return row_.integer(column_++);
    } else if constexpr (std::is_same_v<T, AccountId>) {
      return AccountId{row_.integer(column_++)};
    } else if constexpr (std::is_same_v<T, std::chrono::sys_seconds>) {
      return std::chrono::sys_seconds{std::chrono::seconds{row_.integer(column_++)}};
    } else if constexpr (std::is_same_v<T, std::chrono::seconds>) {
      return std::chrono::seconds{row_.integer(column_++)};
    } else if constexpr (std::is_same_v<T, std::string>) {
      return std::string{row_.text(column_++)};
    } else if constexpr (std::is_same_v<T, Sealed>) {
      const auto bytes = row_.bytes(column_++);
      return {bytes.begin(), bytes.end()};
    } else {
      static_assert(std::is_same_v<T, Hash>);
      const auto bytes = row_.bytes(column_++);
      Hash hash{};
      if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
      return hash;
    }
  }

 private:
  const Row& row_;
  int column_ = 0;
};

}  // namespace bbgrant::store

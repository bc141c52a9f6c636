// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace bbgrant::store {

/// The store's own number of an account. 0 is nobody.
enum class AccountId : std::int64_t {};

/// SHA-256 of a token or secret: the only form in which the store sees a token (S13).
using Hash = std::array<std::uint8_t, 32>;

/// Bytes that the caller has sealed; the store holds no key and cannot open them (S7).
using Sealed = std::vector<std::uint8_t>;

/// Which part of a list.
struct PageRequest {
  std::int64_t page = 1;      ///< from 1
  std::int64_t pagelen = 10;  ///< at least 1

  /// How many values come before it.
  [[nodiscard]] std::int64_t offset() const noexcept;
};

inline std::int64_t PageRequest::offset() const noexcept {
  const std::int64_t before = std::max<std::int64_t>(page, 1) - 1;
  const std::int64_t length = std::max<std::int64_t>(pagelen, 1);
  // A page far behind the last one is empty, not an overflow.
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return before > kMost / length ? kMost : before * length;
}

/// A part of a list, and how long the whole is.
template <class T>
struct Page {
  std::vector<T> values;
  std::int64_t size = 0;  ///< of the whole list
};

}  // namespace bbgrant::store

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "store/error.hpp"

struct pg_conn;
struct pg_result;

namespace bbgrant::store::postgres {

struct CloseHandle {
  void operator()(pg_conn* handle) const noexcept;
};
using Handle = std::unique_ptr<pg_conn, CloseHandle>;

struct ClearResult {
  void operator()(pg_result* result) const noexcept;
};
using Result = std::unique_ptr<pg_result, ClearResult>;

/// StoreError::code() of an SQLSTATE such as "40001"; 0 for an empty one.
[[nodiscard]] constexpr int code_of(std::string_view sqlstate) {
  int code = 0;
  for (const char letter : sqlstate) {
    code = code * 36 + (letter <= '9' ? letter - '0' : letter - 'A' + 10);
  }
  return code;
}

/// Opens a connection to a server that takes writes, never to a replica (S95), and sets it up.
/// @param url        postgresql://..., as libpq reads it, with its environment and its files.
/// @param lock_wait  how long a statement waits for another transaction, milliseconds.
/// @throws StoreError kBadUrl, kUnavailable; the text holds no password (S94).
[[nodiscard]] Handle open_handle(const std::string& url, const std::string& lock_wait);

/// What `result` says, as a fault; without a result what the connection says.
[[nodiscard]] StoreError error_of(pg_conn* handle, const pg_result* result);

/// Passes on a result that is good. @throws StoreError
Result checked(pg_conn* handle, pg_result* result);

/// A warning when what goes over the network can be read or answered by others (S94), else empty.
[[nodiscard]] std::string warning_of(pg_conn* handle);

}  // namespace bbgrant::store::postgres

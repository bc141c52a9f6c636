// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "store/database.hpp"

namespace bbgrant::store {

struct PostgresOptions {
  /// How long a statement waits for another transaction's lock.
  std::chrono::milliseconds lock_wait = std::chrono::seconds{3};
  std::size_t writers = 8;  ///< connections, a thread each
  std::size_t readers = 4;  ///< so that no read waits behind a write
  /// Jobs that may wait, reads and writes each; more are refused with kBusy.
  std::size_t most_waiting = 8192;
  /// How long nobody tries to connect after somebody failed to.
  std::chrono::milliseconds pause = std::chrono::milliseconds{200};
};

/// A database on a PostgreSQL server, that other instances may use as well. Connections are made
/// when they are needed, and again after they broke; a call that meets no server fails at once with
/// kUnavailable (S57).
/// @param url  postgresql://..., several hosts allowed: the one that takes writes is used.
/// @throws StoreError when the server cannot be reached now.
[[nodiscard]] std::unique_ptr<Database> open_postgres(const std::string& url,
                                                      const PostgresOptions& options = {});

}  // namespace bbgrant::store

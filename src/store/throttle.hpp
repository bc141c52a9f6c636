// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "store/error.hpp"
#include "store/types.hpp"

namespace bbgrant::store {

class Database;

/// How often somebody failed (S10). Times are UTC, since a counter outlives the process (S96).
struct ThrottleCounter {
  std::string kind;  ///< opaque here, e.g. "pair" or "address"
  std::string key;   ///< opaque bytes
  std::int64_t failures = 0;
  std::chrono::sys_seconds last_failure;
  std::chrono::sys_seconds blocked_until;
};

/// Counters of failed sign-ins, written about once a second by the caller. Thread-safe; every
/// function throws StoreError on a fault, and nothing is changed then.
class ThrottleCounters {
 public:
  explicit ThrottleCounters(Database& database) : database_(database) {}

  /// The counters that failed last, at most `limit`, oldest failure first.
  [[nodiscard]] boost::asio::awaitable<std::vector<ThrottleCounter>> load_throttle(
      std::size_t limit) const;
  /// Puts these in place of what their kinds and keys had; a counter with no failures is removed.
  boost::asio::awaitable<void> save_throttle(std::vector<ThrottleCounter> counters);
  /// Removes counters whose last failure and block were over by `before`, and of each kind all but
  /// the `keep` that failed last, so that the table stays bounded.
  boost::asio::awaitable<std::size_t> prune_throttle(std::chrono::sys_seconds before,
                                                     std::size_t keep);

 private:
  Database& database_;
};

}  // namespace bbgrant::store

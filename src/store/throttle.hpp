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
  std::string kind;              ///< opaque here, e.g. "pair" or "address"
  std::string key;               ///< opaque bytes
  std::int64_t thousandths = 0;  ///< of failures, as they were at the last one
  std::chrono::sys_seconds last_failure;
};

/// What one instance has counted since it last told.
struct ThrottleChange {
  std::string kind;
  std::string key;
  std::int64_t thousandths = 0;  ///< of failures, added
  bool afresh = false;           ///< what was counted before is void
  std::chrono::sys_seconds last_failure;
  std::int64_t leak = 0;  ///< thousandths that an hour takes away
};

/// Counters of failed sign-ins, shared by all instances, each of which adds its own and reads the
/// sum about once a second. Thread-safe; every function throws StoreError on a fault, and nothing
/// is changed then.
class ThrottleCounters {
 public:
  explicit ThrottleCounters(Database& database) : database_(database) {}

  /// The counters that failed last, at most `limit` and none before `since`, oldest failure first.
  [[nodiscard]] boost::asio::awaitable<std::vector<ThrottleCounter>> load_throttle(
      std::size_t limit, std::chrono::sys_seconds since = {}) const;
  boost::asio::awaitable<void> add_throttle(std::vector<ThrottleChange> changes);
  /// Removes counters whose last failure was before `before`, and of each kind all but
  /// the `keep` that failed last, so that the table stays bounded.
  boost::asio::awaitable<std::size_t> prune_throttle(std::chrono::sys_seconds before,
                                                     std::size_t keep);

 private:
  Database& database_;
};

}  // namespace bbgrant::store

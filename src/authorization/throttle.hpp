// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "store/throttle.hpp"

namespace bbgrant::authorization {

/// Slows down who guesses passwords (S10). Two counters: one for a user name and an address
/// together, one for the address alone, so that one address cannot spray names. A block refuses the
/// right password as well, so it tells nothing; other addresses of the same user are not locked
/// out. Attempts that are under way are not counted before they have failed, since many right ones
/// at once are ordinary; a burst is bounded by the hashing queue (S56) and counted in full after
/// it. Names are kept as hashes only, since people type passwords into name fields.
///
/// Addresses come as the server counts them: IPv4 whole, IPv6 by its /64 (S71).
/// Thread-safe. Sources: RFC 6749 sections 4.3.2 and 10.10.
class Throttle {
 public:
  struct Limits {
    int free_failures_of_pair = 10;      ///< a class, a lesson, a CI job
    int free_failures_of_address = 100;  ///< within the window
    std::chrono::seconds longest_block = std::chrono::minutes{15};
    std::chrono::seconds window = std::chrono::hours{1};  ///< the free failures are for one
    std::size_t most_counters = 65'536;  ///< of each kind; the longest quiet one goes first
  };

  /// @param clock  outlives the throttle; waiting follows its monotonic half (S96).
  explicit Throttle(const base::Clock& clock) : Throttle(clock, Limits{}) {}
  Throttle(const base::Clock& clock, Limits limits);

  /// How long this name at this address has to wait before it is heard; nothing when it need not.
  [[nodiscard]] std::optional<std::chrono::seconds> wait(std::string_view name,
                                                         std::string_view address) const;

  /// A sign-in failed. Unknown names count like known ones.
  void failed(std::string_view name, std::string_view address);

  /// A sign-in was good: the pair starts afresh. The address keeps its count.
  void succeeded(std::string_view name, std::string_view address);

  /// What was counted since the last call, for the store; at most once a second is enough.
  [[nodiscard]] std::vector<store::ThrottleChange> take_changes();

  /// Counts again what take_changes() gave, since the store did not take it.
  void give_back(const std::vector<store::ThrottleChange>& changes);

  /// Takes over what the store holds: of an earlier run, and of all instances together.
  void adopt(const std::vector<store::ThrottleCounter>& saved);

  /// Forgets every failure.
  void clear();

 private:
  struct Counter {
    /// Leaks away by the free failures in each window, so an old failure does not count for ever.
    double failures = 0;
    std::chrono::steady_clock::time_point last_failure;
    // What the store has not heard of yet:
    double added = 0;
    bool afresh = false;
    std::list<std::string>::iterator place;
  };

  /// Counters of one kind, oldest failure first.
  struct Table {
    const char* kind;
    int free_failures;
    std::unordered_map<std::string, Counter> counters;
    std::list<std::string> order;
  };

  void count(Table& table, const std::string& key);
  [[nodiscard]] Table& table_of(const std::string& kind);
  Counter& touch(Table& table, const std::string& key);
  [[nodiscard]] std::chrono::steady_clock::duration left(const Table& table,
                                                         const std::string& key) const;

  const base::Clock& clock_;
  const Limits limits_;
  mutable std::mutex mutex_;
  Table pairs_;
  Table addresses_;
};

}  // namespace bbgrant::authorization

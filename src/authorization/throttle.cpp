// SPDX-License-Identifier: MIT
#include "authorization/throttle.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "authorization/random_token.hpp"

namespace bbgrant::authorization {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// Kinds of counters in the store.
constexpr const char* kPair = "pair";
constexpr const char* kAddress = "address";

constexpr double kMostFailures = 1'000'000;

std::string key_of(std::string_view name, std::string_view address) {
  std::string both{address};
  both += '\0';
  both += name;
  const Hash hash = hash_of(both);
  return {hash.begin(), hash.end()};
}

std::string key_of(std::string_view address) {
  const Hash hash = hash_of(address);
  return {hash.begin(), hash.end()};
}

}  // namespace

Throttle::Throttle(const base::Clock& clock, Limits limits) : clock_(clock), limits_(limits) {}

std::optional<seconds> Throttle::wait(std::string_view name, std::string_view address) const {
  const std::lock_guard lock{mutex_};
  const auto longest =
      std::max(left(pairs_, key_of(name, address)), left(addresses_, key_of(address)));
  if (longest <= steady_clock::duration::zero()) return std::nullopt;
  return std::chrono::ceil<seconds>(longest);
}

void Throttle::failed(std::string_view name, std::string_view address) {
  const std::lock_guard lock{mutex_};
  count(pairs_, key_of(name, address), limits_.free_failures_of_pair);
  count(addresses_, key_of(address), limits_.free_failures_of_address);
}

void Throttle::succeeded(std::string_view name, std::string_view address) {
  const std::lock_guard lock{mutex_};
  const auto found = pairs_.counters.find(key_of(name, address));
  if (found == pairs_.counters.end() || found->second.failures == 0) return;
  found->second.failures = 0;
  found->second.changed = true;
}

std::vector<store::ThrottleCounter> Throttle::take_changes() {
  const std::lock_guard lock{mutex_};
  const auto now = clock_.monotonic();
  const auto today = clock_.now();
  const auto utc = [&](steady_clock::time_point time) {
    return today + std::chrono::duration_cast<seconds>(time - now);
  };
  std::vector<store::ThrottleCounter> changes;
  for (auto* table : {&pairs_, &addresses_}) {
    for (auto& [key, counter] : table->counters) {
      if (!std::exchange(counter.changed, false)) continue;
      changes.push_back({table == &addresses_ ? kAddress : kPair, key,
                         std::llround(std::ceil(counter.failures)), utc(counter.last_failure),
                         utc(counter.blocked_until)});
    }
  }
  return changes;
}

void Throttle::give_back(const std::vector<store::ThrottleCounter>& changes) {
  const std::lock_guard lock{mutex_};
  for (const auto& one : changes) {
    auto& table = one.kind == kAddress ? addresses_ : pairs_;
    const auto found = table.counters.find(one.key);
    if (found != table.counters.end()) found->second.changed = true;
  }
}

void Throttle::restore(const std::vector<store::ThrottleCounter>& saved) {
  const std::lock_guard lock{mutex_};
  const auto now = clock_.monotonic();
  const auto today = clock_.now();
  const auto monotonic = [&](std::chrono::sys_seconds time) {
    // A clock that jumped back must not block for longer than the longest block (S96).
    return now + std::min<steady_clock::duration>(time - today, limits_.longest_block);
  };
  for (const auto& one : saved) {
    Counter& counter = touch(one.kind == kAddress ? addresses_ : pairs_, one.key);
    counter.failures = std::min(static_cast<double>(one.failures), kMostFailures);
    counter.last_failure = std::min(monotonic(one.last_failure), now);
    counter.blocked_until = monotonic(one.blocked_until);
  }
}

void Throttle::clear() {
  const std::lock_guard lock{mutex_};
  pairs_ = {};
  addresses_ = {};
}

void Throttle::count(Table& table, const std::string& key, int free_failures) {
  const auto now = clock_.monotonic();
  Counter& counter = touch(table, key);
  const std::chrono::duration<double> quiet = now - counter.last_failure;
  const double leaked = free_failures * (quiet / limits_.window);
  counter.failures = std::min(std::max(counter.failures - leaked, 0.0) + 1, kMostFailures);
  counter.last_failure = now;
  counter.changed = true;
  if (counter.failures >= free_failures) {
    // 1 s, 2 s, 4 s, ... up to the longest block; the shift stays far from overflow.
    const auto doublings = static_cast<int>(std::min(counter.failures - free_failures, 20.0));
    counter.blocked_until = now + std::min(seconds{1LL << doublings}, limits_.longest_block);
  }
}

Throttle::Counter& Throttle::touch(Table& table, const std::string& key) {
  const auto [entry, is_new] = table.counters.try_emplace(key);
  Counter& counter = entry->second;
  if (is_new) {
    if (table.counters.size() > limits_.most_counters) {
      table.counters.erase(table.order.front());
      table.order.pop_front();
    }
    counter.place = table.order.insert(table.order.end(), key);
  } else {
    table.order.splice(table.order.end(), table.order, counter.place);
  }
  return counter;
}

steady_clock::duration Throttle::left(const Table& table, const std::string& key) const {
  const auto found = table.counters.find(key);
  if (found == table.counters.end() || found->second.failures == 0) return {};
  return found->second.blocked_until - clock_.monotonic();
}

}  // namespace bbgrant::authorization

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
constexpr int kThousand = 1000;

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

Throttle::Throttle(const base::Clock& clock, Limits limits)
    : clock_(clock),
      limits_(limits),
      pairs_{kPair, limits.free_failures_of_pair, {}, {}},
      addresses_{kAddress, limits.free_failures_of_address, {}, {}} {}

std::optional<seconds> Throttle::wait(std::string_view name, std::string_view address) const {
  const std::lock_guard lock{mutex_};
  const auto longest =
      std::max(left(pairs_, key_of(name, address)), left(addresses_, key_of(address)));
  if (longest <= steady_clock::duration::zero()) return std::nullopt;
  return std::chrono::ceil<seconds>(longest);
}

void Throttle::failed(std::string_view name, std::string_view address) {
  const std::lock_guard lock{mutex_};
  count(pairs_, key_of(name, address));
  count(addresses_, key_of(address));
}

void Throttle::succeeded(std::string_view name, std::string_view address) {
  const std::lock_guard lock{mutex_};
  const auto found = pairs_.counters.find(key_of(name, address));
  if (found == pairs_.counters.end() || found->second.failures == 0) return;
  found->second.failures = 0;
  found->second.added = 0;
  found->second.afresh = true;
}

std::vector<store::ThrottleChange> Throttle::take_changes() {
  const std::lock_guard lock{mutex_};
  const auto now = clock_.monotonic();
  const auto today = clock_.now();
  std::vector<store::ThrottleChange> changes;
  for (auto* table : {&pairs_, &addresses_}) {
    const auto leak = kThousand * table->free_failures * seconds{std::chrono::hours{1}}.count() /
                      limits_.window.count();
    for (auto& [key, counter] : table->counters) {
      if (counter.added == 0 && !counter.afresh) continue;
      // Others find it by its time.
      const auto since = counter.added == 0 ? steady_clock::duration{} : now - counter.last_failure;
      changes.push_back({table->kind, key,
                         std::llround(kThousand * std::exchange(counter.added, 0)),
                         std::exchange(counter.afresh, false),
                         today - std::chrono::duration_cast<seconds>(since), leak});
    }
  }
  return changes;
}

void Throttle::give_back(const std::vector<store::ThrottleChange>& changes) {
  const std::lock_guard lock{mutex_};
  for (const auto& one : changes) {
    auto& table = table_of(one.kind);
    const auto found = table.counters.find(one.key);
    if (found == table.counters.end() || found->second.afresh) continue;
    found->second.added += static_cast<double>(one.thousandths) / kThousand;
    found->second.afresh = one.afresh;
  }
}

void Throttle::adopt(const std::vector<store::ThrottleCounter>& saved) {
  const std::lock_guard lock{mutex_};
  const auto now = clock_.monotonic();
  const auto today = clock_.now();
  for (const auto& one : saved) {
    auto& table = table_of(one.kind);
    if (one.thousandths == 0 && !table.counters.contains(one.key)) continue;
    Counter& counter = touch(table, one.key);
    if (counter.afresh) continue;
    // A clock that jumped back, or another instance's that is ahead, must not make a block longer
    // (S96).
    const auto last = now + std::min<steady_clock::duration>(one.last_failure - today, seconds{0});
    counter.last_failure = counter.failures == 0 ? last : std::max(counter.last_failure, last);
    counter.failures =
        std::min(static_cast<double>(one.thousandths) / kThousand + counter.added, kMostFailures);
  }
}

void Throttle::clear() {
  const std::lock_guard lock{mutex_};
  for (auto* table : {&pairs_, &addresses_}) {
    table->counters.clear();
    table->order.clear();
  }
}

void Throttle::count(Table& table, const std::string& key) {
  const auto now = clock_.monotonic();
  Counter& counter = touch(table, key);
  const std::chrono::duration<double> quiet = now - counter.last_failure;
  const double leaked = table.free_failures * (quiet / limits_.window);
  counter.failures = std::min(std::max(counter.failures - leaked, 0.0) + 1, kMostFailures);
  counter.added += 1;
  counter.last_failure = now;
}

Throttle::Table& Throttle::table_of(const std::string& kind) {
  return kind == kAddress ? addresses_ : pairs_;
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
  if (found == table.counters.end()) return {};
  const double over = found->second.failures - table.free_failures;
  if (over < 0) return {};
  // 1 s, 2 s, 4 s, ... up to the longest block; the shift stays far from overflow.
  const auto doublings = static_cast<int>(std::min(over, 20.0));
  const auto block = std::min(seconds{1LL << doublings}, limits_.longest_block);
  return found->second.last_failure + block - clock_.monotonic();
}

}  // namespace bbgrant::authorization

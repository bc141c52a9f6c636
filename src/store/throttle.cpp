// SPDX-License-Identifier: MIT
#include "store/throttle.hpp"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "store/database.hpp"

namespace bbgrant::store {

namespace asio = boost::asio;

namespace {

// Names in keys are hashes or whatever bytes the caller counts by, so they are no text here.
Value bytes_of(const std::string& key) {
  return std::span{reinterpret_cast<const std::uint8_t*>(key.data()), key.size()};
}

ThrottleCounter read_counter(Reader row) {
  ThrottleCounter counter;
  counter.kind = row.next<std::string>();
  const auto key = row.next<Sealed>();
  counter.key.assign(key.begin(), key.end());
  counter.thousandths = row.next<std::int64_t>();
  counter.last_failure = row.next<std::chrono::sys_seconds>();
  return counter;
}

void add(Connection& connection, const ThrottleChange& change) {
  // The sum is the database's, so that no instance writes over what another has counted.
  connection.execute(
      "INSERT INTO throttle_counters (kind, counter_key, thousandths, last_failure) "
      "VALUES ($1, $2, $3, $4) ON CONFLICT (kind, counter_key) DO UPDATE SET "
      "thousandths = $3 + CASE WHEN $5 = 1 OR throttle_counters.thousandths <= "
      "$6 * ($4 - throttle_counters.last_failure) / 3600 THEN 0 "
      "WHEN $4 < throttle_counters.last_failure THEN throttle_counters.thousandths "
      "ELSE throttle_counters.thousandths - "
      "$6 * ($4 - throttle_counters.last_failure) / 3600 END, "
      "last_failure = CASE WHEN $4 < throttle_counters.last_failure "
      "THEN throttle_counters.last_failure ELSE $4 END",
      {change.kind, bytes_of(change.key), change.thousandths, change.last_failure, change.afresh,
       change.leak});
}

}  // namespace

asio::awaitable<std::vector<ThrottleCounter>> ThrottleCounters::load_throttle(
    std::size_t limit, std::chrono::sys_seconds since) const {
  return database_.read([limit = static_cast<std::int64_t>(limit), since](Connection& connection) {
    return connection.all(
        "SELECT kind, counter_key, thousandths, last_failure FROM "
        "(SELECT kind, counter_key, thousandths, last_failure FROM throttle_counters "
        "WHERE last_failure >= $2 ORDER BY last_failure DESC LIMIT $1) AS newest "
        "ORDER BY last_failure",
        {limit, since}, read_counter);
  });
}

asio::awaitable<void> ThrottleCounters::add_throttle(std::vector<ThrottleChange> changes) {
  // One order for all instances, so that none waits for another that waits for it.
  std::ranges::sort(changes, {}, [](const auto& one) { return std::tie(one.kind, one.key); });
  auto work = [changes = std::move(changes)](Connection& connection) {
    for (const ThrottleChange& change : changes) add(connection, change);
    return true;
  };
  co_await database_.write(std::move(work));
}

asio::awaitable<std::size_t> ThrottleCounters::prune_throttle(std::chrono::sys_seconds before,
                                                              std::size_t keep) {
  return database_.write([before, keep = static_cast<std::int64_t>(keep)](Connection& connection) {
    std::int64_t removed =
        connection.execute("DELETE FROM throttle_counters WHERE last_failure < $1", {before});
    const auto kinds = connection.all("SELECT DISTINCT kind FROM throttle_counters", {},
                                      [](Reader row) { return row.next<std::string>(); });
    for (const std::string& kind : kinds) {
      removed += connection.execute(
          "DELETE FROM throttle_counters WHERE kind = $1 AND counter_key IN "
          "(SELECT counter_key FROM throttle_counters WHERE kind = $1 "
          "ORDER BY last_failure DESC, counter_key LIMIT $3 OFFSET $2)",
          {kind, keep, std::int64_t{1'000'000}});
    }
    return static_cast<std::size_t>(removed);
  });
}

}  // namespace bbgrant::store

// SPDX-License-Identifier: MIT
#include "store/throttle.hpp"

#include <span>
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
  counter.failures = row.next<std::int64_t>();
  counter.last_failure = row.next<std::chrono::sys_seconds>();
  counter.blocked_until = row.next<std::chrono::sys_seconds>();
  return counter;
}

void save(Connection& connection, const ThrottleCounter& counter) {
  if (counter.failures <= 0) {
    connection.execute("DELETE FROM throttle_counters WHERE kind = $1 AND counter_key = $2",
                       {counter.kind, bytes_of(counter.key)});
    return;
  }
  connection.execute(
      "INSERT INTO throttle_counters (kind, counter_key, failures, last_failure, blocked_until) "
      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, counter_key) DO UPDATE SET "
      "failures = excluded.failures, last_failure = excluded.last_failure, "
      "blocked_until = excluded.blocked_until",
      {counter.kind, bytes_of(counter.key), counter.failures, counter.last_failure,
       counter.blocked_until});
}

}  // namespace

asio::awaitable<std::vector<ThrottleCounter>> ThrottleCounters::load_throttle(
    std::size_t limit) const {
  return database_.read([limit = static_cast<std::int64_t>(limit)](Connection& connection) {
    return connection.all(
        "SELECT kind, counter_key, failures, last_failure, blocked_until FROM "
        "(SELECT kind, counter_key, failures, last_failure, blocked_until "
        "FROM throttle_counters ORDER BY last_failure DESC LIMIT $1) AS newest "
        "ORDER BY last_failure",
        {limit}, read_counter);
  });
}

asio::awaitable<void> ThrottleCounters::save_throttle(std::vector<ThrottleCounter> counters) {
  auto work = [counters = std::move(counters)](Connection& connection) {
    for (const ThrottleCounter& counter : counters) save(connection, counter);
    return true;
  };
  co_await database_.write(std::move(work));
}

asio::awaitable<std::size_t> ThrottleCounters::prune_throttle(std::chrono::sys_seconds before,
                                                              std::size_t keep) {
  return database_.write([before, keep = static_cast<std::int64_t>(keep)](Connection& connection) {
    std::int64_t removed = connection.execute(
        "DELETE FROM throttle_counters WHERE last_failure < $1 AND blocked_until < $1", {before});
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

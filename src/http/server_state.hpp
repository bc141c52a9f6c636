// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/ssl/context.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "http/address.hpp"
#include "http/cross_origin.hpp"
#include "http/host_list.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

namespace bbgrant::http {

class Connection;

/// The open connections of a server, counted in all and by address (S52). Thread-safe.
class ConnectionList {
 public:
  /// False when there are too many; then nothing is added.
  /// @param key  empty is counted in all only.
  [[nodiscard]] bool add(const std::shared_ptr<Connection>& connection, const std::string& key,
                         const Limits& limits);
  void remove(const Connection* connection, const std::string& key);

  [[nodiscard]] std::vector<std::shared_ptr<Connection>> all() const;
  [[nodiscard]] std::size_t size() const;
  /// True when none is left before the time is over.
  [[nodiscard]] bool wait_until_empty(std::chrono::milliseconds time);

 private:
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::unordered_map<const Connection*, std::weak_ptr<Connection>> connections_;
  std::unordered_map<std::string, std::size_t> by_key_;
};

/// Answers by route and status class. Thread-safe; the labels are fixed when it is built (S51).
class RouteCounters {
 public:
  /// @param patterns  index i of count() is patterns[i]; the one past the end stands for "".
  explicit RouteCounters(std::vector<std::string> patterns);

  void count(std::size_t index, int status) noexcept;
  [[nodiscard]] std::vector<RouteCount> counts() const;
  [[nodiscard]] std::size_t no_route() const noexcept { return patterns_.size(); }

 private:
  using Classes = std::array<std::atomic<std::uint64_t>, 6>;
  std::vector<std::string> patterns_;
  std::vector<Classes> classes_;
};

/// What the connections of one server share. Internal to this room.
struct ServerState {
  ServerState(ServerOptions options, Router router, base::Log& log, const base::Clock& clock);

  /// Names a request: unique in this process, and nearly so among others.
  [[nodiscard]] std::string next_id();

  /// What is said instead of a refusal: the answer to a preflight, or what the route finds wrong
  /// with the head before its body is refused. Nothing: the refusal stands.
  [[nodiscard]] std::optional<Response> instead_of(ErrorReason reason, const Request& request,
                                                   const Router::Route* route) const;

  ServerOptions options;
  Router router;
  base::Log& log;
  const base::Clock& clock;
  ProxyList proxies;
  CrossOrigin cross_origin;
  HostList hosts;  // filled when the port is known, before anything is accepted
  std::optional<boost::asio::ssl::context> tls;
  RouteCounters counters;
  ConnectionList connections;
  std::atomic<bool> stopping{false};

 private:
  std::uint32_t id_prefix_;
  std::atomic<std::uint32_t> id_counter_{0};
};

}  // namespace bbgrant::http

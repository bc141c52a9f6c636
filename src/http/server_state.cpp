// SPDX-License-Identifier: MIT
#include "http/server_state.hpp"

#include <random>

#include <fmt/format.h>

namespace bbgrant::http {

namespace ssl = boost::asio::ssl;

namespace {

std::optional<ssl::context> load_tls(const ServerOptions& options) {
  const std::string& certificate = options.tls_certificate_file;
  const std::string& key = options.tls_key_file;
  if (certificate.empty() && key.empty()) return std::nullopt;
  if (certificate.empty() || key.empty()) {
    throw base::StartError{"TLS needs a certificate and a key: name both files, or neither"};
  }
  std::optional<ssl::context> context{ssl::context::tls_server};
  context->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate, error);
  if (error) {
    throw base::StartError{"TLS certificate " + certificate +
                           " cannot be used: " + error.message()};
  }
  context->use_private_key_file(key, ssl::context::pem, error);
  if (error) {
    // OpenSSL also compares the key with the certificate here.
    throw base::StartError{"TLS key " + key + " cannot be used with " + certificate + ": " +
                           error.message()};
  }
  return context;
}

}  // namespace

bool ConnectionList::add(const std::shared_ptr<Connection>& connection, const std::string& key,
                         const Limits& limits) {
  const std::lock_guard lock{mutex_};
  if (connections_.size() >= limits.max_connections) return false;
  if (!key.empty()) {
    std::size_t& of_key = by_key_[key];
    if (of_key >= limits.max_connections_per_address) return false;
    ++of_key;
  }
  connections_.emplace(connection.get(), connection);
  return true;
}

void ConnectionList::remove(const Connection* connection, const std::string& key) {
  const std::lock_guard lock{mutex_};
  if (connections_.erase(connection) == 0) return;
  const auto of_key = by_key_.find(key);
  if (of_key != by_key_.end() && --of_key->second == 0) by_key_.erase(of_key);
  if (connections_.empty()) empty_.notify_all();
}

std::vector<std::shared_ptr<Connection>> ConnectionList::all() const {
  std::vector<std::shared_ptr<Connection>> live;
  const std::lock_guard lock{mutex_};
  for (const auto& [address, connection] : connections_) {
    if (auto one = connection.lock()) live.push_back(std::move(one));
  }
  return live;
}

std::size_t ConnectionList::size() const {
  const std::lock_guard lock{mutex_};
  return connections_.size();
}

bool ConnectionList::wait_until_empty(std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  return empty_.wait_for(lock, time, [this] { return connections_.empty(); });
}

RouteCounters::RouteCounters(std::vector<std::string> patterns)
    : patterns_(std::move(patterns)), classes_(patterns_.size() + 1) {}

void RouteCounters::count(std::size_t index, int status) noexcept {
  const auto status_class = static_cast<std::size_t>(status / 100);
  if (index >= classes_.size() || status_class >= classes_[index].size()) return;
  classes_[index][status_class].fetch_add(1, std::memory_order_relaxed);
}

std::vector<RouteCount> RouteCounters::counts() const {
  std::vector<RouteCount> counts(classes_.size());
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    if (i < patterns_.size()) counts[i].route = patterns_[i];
    for (std::size_t k = 0; k < classes_[i].size(); ++k) {
      counts[i].by_class[k] = classes_[i][k].load(std::memory_order_relaxed);
    }
  }
  return counts;
}

ServerState::ServerState(ServerOptions server_options, Router server_router, base::Log& server_log,
                         const base::Clock& server_clock)
    : options(std::move(server_options)),
      router(std::move(server_router)),
      log(server_log),
      clock(server_clock),
      proxies(options.trusted_proxies),
      cross_origin(options.cross_origins),
      tls(load_tls(options)),
      counters(router.patterns()),
      id_prefix_(std::random_device{}()) {
  if (!options.error_page) options.error_page = plain_error_page;
}

std::optional<Response> ServerState::instead_of(ErrorReason reason, const Request& request,
                                                const Router::Route* route) const {
  if (reason == ErrorReason::kMethodNotAllowed) return cross_origin.preflight(request, router);
  const bool unread =
      reason == ErrorReason::kBodyTooLarge || reason == ErrorReason::kUnsupportedEncoding;
  if (!unread || route == nullptr || !route->options.judge_head) return std::nullopt;
  return route->options.judge_head(request);
}

std::string ServerState::next_id() {
  return fmt::format("{:08x}{:08x}", id_prefix_,
                     id_counter_.fetch_add(1, std::memory_order_relaxed));
}

}  // namespace bbgrant::http

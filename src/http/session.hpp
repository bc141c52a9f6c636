// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "http/request_parser.hpp"
#include "http/server_state.hpp"

namespace bbgrant::http {

/// Wipes what it gives back, so that a request body does not stay in freed memory (S14).
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}
  [[nodiscard]] T* allocate(std::size_t n) { return std::allocator<T>{}.allocate(n); }
  void deallocate(T* memory, std::size_t n) noexcept {
    ::explicit_bzero(memory, n * sizeof(T));
    std::allocator<T>{}.deallocate(memory, n);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

/// One client: reads a request, answers it, and again, until an end is said or a limit is met.
///
/// Everything but start(), drain() and abort() runs on the thread of the socket's loop. It lives as
/// long as its coroutine. Internal to this room.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerState> state, boost::asio::ip::tcp::socket socket,
             const boost::asio::ip::address& peer);

  /// Begins to serve. `key` is what ConnectionList counts.
  void start(std::string key);
  /// Gives the socket back, of a connection that was not started.
  [[nodiscard]] boost::asio::ip::tcp::socket release() { return std::move(socket_); }
  /// Closes it when it is idle; else it ends after the answer that it works on.
  void drain();
  /// Cancels the handler and closes.
  void abort();

 private:
  template <class T>
  using awaitable = boost::asio::awaitable<T>;
  using error_code = boost::system::error_code;

  /// What the deadline ends. See expire().
  enum class Phase { kIdle, kReading, kHandling, kWriting, kClosing };
  enum class Next { kKeep, kClose };
  /// Nothing came, or the client went away: there is nobody to answer.
  struct Gone {};
  struct Exchange;

  awaitable<void> run();
  awaitable<void> serve();
  awaitable<Next> serve_one();
  awaitable<std::variant<std::monostate, ErrorReason, Gone>> read_head(Exchange& exchange);
  awaitable<std::variant<std::monostate, ErrorReason, Gone>> read_body(Exchange& exchange);
  [[nodiscard]] std::optional<ErrorReason> judge_head(Exchange& exchange);
  awaitable<bool> handle(Exchange& exchange);
  void refuse(Exchange& exchange, ErrorReason reason);
  awaitable<bool> answer(Exchange& exchange);
  awaitable<error_code> read_more();
  awaitable<error_code> write(std::string_view head, std::string_view body);
  awaitable<void> linger();
  void log_request(const Exchange& exchange, std::size_t bytes);
  void wipe_buffer();

  void enter(Phase phase, std::chrono::milliseconds time);
  void arm(std::chrono::steady_clock::time_point until);
  void expire();
  void watch_client();
  void cancel_handler();
  void close();

  std::shared_ptr<ServerState> state_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::asio::ip::address peer_;
  std::string peer_text_;
  std::string peer_key_;
  std::string key_;

  boost::asio::cancellation_signal cancel_;
  boost::asio::steady_timer timer_;
  std::chrono::milliseconds tick_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point armed_for_ = std::chrono::steady_clock::time_point::max();
  Phase phase_ = Phase::kIdle;
  bool timed_out_ = false;
  bool client_gone_ = false;
  bool aborted_ = false;
  bool watching_ = false;
  std::size_t turn_ = 0;  // counts handler calls, to tell a late watcher from the present one

  boost::beast::basic_flat_buffer<WipingAllocator<char>> buffer_;
  std::string out_;
  std::chrono::sys_seconds date_time_{};
  std::string date_;
};

}  // namespace bbgrant::http

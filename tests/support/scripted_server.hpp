// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bbgrant::testing {

/// A file descriptor, closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

/// What the server does with one request.
struct Scripted {
  enum class After {
    kKeep,   ///< waits for the next request on this connection
    kClose,  ///< closes
    kStall,  ///< keeps the connection open and says nothing more
  };
  std::string bytes{};
  After after = After::kKeep;
};

/// An HTTP answer with Content-Length.
[[nodiscard]] inline Scripted answer(int status, std::string body,
                                     const std::string& more_headers = "") {
  return {"HTTP/1.1 " + std::to_string(status) + " Scripted\r\nContent-Type: application/json\r\n" +
          "Content-Length: " + std::to_string(body.size()) + "\r\n" + more_headers + "\r\n" + body};
}

/// A TCP server on 127.0.0.1, port 0, that reads whole requests and answers with given bytes, right
/// or wrong. It keeps every request as it came. Stops at its end.
class ScriptedServer {
 public:
  /// Called on a thread of the connection, from several at once.
  using Script = std::function<Scripted(const std::string& request)>;

  explicit ScriptedServer(Script script)
      : script_(std::move(script)), listener_(listen_anywhere()) {
    acceptor_ = std::thread{[this] { accept_all(); }};
  }
  /// Always the same answer.
  explicit ScriptedServer(Scripted always)
      : ScriptedServer([always](const std::string&) { return always; }) {}

  ~ScriptedServer() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
    acceptor_.join();
    for (auto& connection : connections_) connection.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// Every request so far: head and body, byte for byte.
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::scoped_lock lock{mutex_};
    return requests_;
  }
  [[nodiscard]] int connections() const noexcept { return accepted_; }

 private:
  Descriptor listen_anywhere() {
    Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.get(), any, size) != 0 || ::listen(socket.get(), 128) != 0 ||
        ::getsockname(socket.get(), any, &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
    return socket;
  }

  /// False when the server is to stop.
  bool readable(int fd) const {
    pollfd fds[2] = {{fd, POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    return ::poll(&fds[0], 2, -1) > 0 && fds[1].revents == 0;
  }

  void accept_all() {
    while (readable(listener_.get())) {
      Descriptor peer{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      if (peer.get() < 0) continue;
      ++accepted_;
      connections_.emplace_back([this](Descriptor connection) { serve(connection.get()); },
                                std::move(peer));
    }
  }

  /// One whole request: the head and as much body as Content-Length says. Empty at the end.
  std::string read_request(int fd, std::string& buffered) const {
    while (true) {
      const auto head = buffered.find("\r\n\r\n");
      if (head != std::string::npos) {
        const auto size = head + 4 + content_length(buffered.substr(0, head + 2));
        if (buffered.size() >= size) {
          auto request = buffered.substr(0, size);
          buffered.erase(0, size);
          return request;
        }
      }
      char bytes[4096];
      if (!readable(fd)) return {};
      const auto count = ::recv(fd, &bytes[0], sizeof bytes, 0);
      if (count <= 0) return {};
      buffered.append(&bytes[0], static_cast<std::size_t>(count));
    }
  }

  static std::size_t content_length(std::string head) {
    std::transform(head.begin(), head.end(), head.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::string_view kName = "\r\ncontent-length:";
    const auto found = head.find(kName);
    if (found == std::string::npos) return 0;
    const auto digits = head.find_first_not_of(' ', found + kName.size());
    std::size_t size = 0;
    std::from_chars(head.data() + digits, head.data() + head.size(), size);
    return size;
  }

  void serve(int fd) {
    std::string buffered;
    while (true) {
      const auto request = read_request(fd, buffered);
      if (request.empty()) return;
      {
        const std::scoped_lock lock{mutex_};
        requests_.push_back(request);
      }
      const auto reply = script_(request);
      if (!send_all(fd, reply.bytes)) return;
      if (reply.after == Scripted::After::kClose) return;
      if (reply.after == Scripted::After::kStall) {
        readable(fd);  // until the peer or this server ends
        return;
      }
    }
  }

  bool send_all(int fd, std::string_view bytes) const {
    while (!bytes.empty()) {
      pollfd fds[2] = {{fd, POLLOUT, 0}, {stop_.get(), POLLIN, 0}};
      if (::poll(&fds[0], 2, -1) <= 0 || fds[1].revents != 0) return false;
      const auto count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  Script script_;
  Descriptor stop_{::eventfd(0, EFD_CLOEXEC)};
  std::uint16_t port_ = 0;
  Descriptor listener_;
  std::atomic<int> accepted_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;  // guarded by mutex_
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace bbgrant::testing

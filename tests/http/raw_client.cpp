// SPDX-License-Identifier: MIT
#include "http/raw_client.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace bbgrant::http::testing {
namespace {

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::optional<std::string> RawAnswer::header(std::string_view name) const {
  const std::string wanted = "\r\n" + lower(name) + ": ";
  const auto at = lower(head).find(wanted);
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + wanted.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

RawClient::RawClient(std::uint16_t port, const char* address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address, std::to_string(port).c_str(), &hints, &found) != 0) return;
  socket_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval wait{5, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  if (::connect(socket_, found->ai_addr, found->ai_addrlen) != 0) close();
  ::freeaddrinfo(found);
}

RawClient::~RawClient() { close(); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::read_some() {
  std::array<char, 16 * 1024> bytes{};
  const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  unread_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<RawAnswer> RawClient::read_answer(bool has_body) {
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_some()) return std::nullopt;
  }
  RawAnswer answer;
  answer.head = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  answer.status = std::atoi(answer.head.c_str() + 9);
  const auto length = answer.header("Content-Length");
  const std::size_t size = has_body && length ? std::stoul(*length) : 0;
  while (unread_.size() < size) {
    if (!read_some()) return std::nullopt;
  }
  answer.body = unread_.substr(0, size);
  unread_.erase(0, size);
  return answer;
}

bool RawClient::is_closed_by_peer() {
  if (!unread_.empty()) return false;
  char byte = 0;
  const auto count = ::recv(socket_, &byte, 1, 0);
  return count == 0 || (count < 0 && errno == ECONNRESET);
}

void RawClient::half_close() { ::shutdown(socket_, SHUT_WR); }

void RawClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void RawClient::shrink_receive_buffer() {
  const int size = 4096;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

std::optional<RawAnswer> send_once(std::uint16_t port, std::string_view request) {
  RawClient client{port};
  if (!client.send(request)) return std::nullopt;
  return client.read_answer();
}

}  // namespace bbgrant::http::testing

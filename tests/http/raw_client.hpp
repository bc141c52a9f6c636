// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bbgrant::http::testing {

/// One answer as it came over the wire.
struct RawAnswer {
  int status = 0;
  std::string head;  // status line and headers, with the empty line
  std::string body;

  /// The first header of that name, compared without case.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

/// A blocking socket that sends exactly the bytes it is given. Every wait ends after five seconds.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const char* address = "127.0.0.1");
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return socket_ >= 0; }

  /// False when the peer has closed.
  bool send(std::string_view bytes);

  /// The next answer; nothing when the connection ends before it is whole.
  /// @param has_body  false for the answer to a HEAD request.
  [[nodiscard]] std::optional<RawAnswer> read_answer(bool has_body = true);

  /// True when the peer ends the connection without another byte.
  [[nodiscard]] bool is_closed_by_peer();

  void half_close();
  void close();
  /// How much the kernel takes in before the peer has to wait.
  void shrink_receive_buffer();

 private:
  // False at the end of the connection or after five seconds.
  bool read_some();

  int socket_ = -1;
  std::string unread_;
};

/// Sends one request on a connection of its own and gives back its answer.
[[nodiscard]] std::optional<RawAnswer> send_once(std::uint16_t port, std::string_view request);

}  // namespace bbgrant::http::testing

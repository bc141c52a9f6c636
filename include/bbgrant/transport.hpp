// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bbgrant/wire.hpp>

namespace bbgrant {

/// Names as sent, in order; compare them without regard to case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first value under a name, in any case, or nothing.
[[nodiscard]] std::optional<std::string> find_header(const Headers& headers, std::string_view name);

/// One request for a Transport. Everything in it has been checked: no CR, LF or zero in a header.
struct HttpRequest {
  std::string method = "GET";
  std::string url{};
  std::vector<WireHeader> headers{};
  WireText body{};
  /// For the whole exchange; above zero.
  std::chrono::milliseconds timeout = std::chrono::seconds{30};
  /// More than this of a decoded answer is TransportFault::kTooLarge. Bytes.
  std::size_t body_limit = std::size_t{1} << 20;
  /// Whether it may be sent a second time when a kept connection turns out dead (S83).
  bool may_resend = false;
  /// Whether to offer compression.
  bool compressed = false;
  std::stop_token stop{};
};

/// One answer. The body may hold secrets; whoever asked for it wipes it.
struct HttpResponse {
  int status = 0;
  std::string start_line{};  ///< "HTTP/1.1 200 OK"
  Headers headers{};
  std::string body{};  ///< decoded
  /// The request's head as it left, for the record; empty start line: not known, and the record is
  /// made from the request. A header that the request brought has its parts, secrets apart.
  WireMessage sent{};
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;  ///< before decoding
};

/// Sends one request and waits for the answer. Implement it to test without a network, or to use
/// an HTTP library of your own. It follows no redirect and adds no credentials.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// @throws TransportError when no whole answer came; any status is an answer.
  /// Called from several threads at once.
  [[nodiscard]] virtual HttpResponse send(const HttpRequest& request) = 0;
};

/// How curl_transport() connects. TLS is 1.2 or later; chain and host are checked (S38).
struct CurlOptions {
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{10};
  /// PEM file with the certificates to trust in place of the system's; empty: the system's.
  std::string ca_file{};
  /// Such as "http://proxy:3128". Empty: what the environment says. Loopback is never proxied.
  std::string proxy{};
  /// For tests only: anyone on the path can then read and change everything.
  bool insecure_skip_tls_verification = false;
};

/// libcurl with kept connections and HTTP/2 where offered. Thread-safe; keeps as many handles as
/// threads were ever in send() at once, at most 64.
/// @throws ConfigError when libcurl cannot be set up.
[[nodiscard]] std::shared_ptr<Transport> curl_transport(const CurlOptions& options = {});

}  // namespace bbgrant

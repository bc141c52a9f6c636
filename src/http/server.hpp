// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/start_error.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/tap.hpp"

namespace bbgrant::base {
class Clock;
class EventLoops;
class Log;
}  // namespace bbgrant::base

namespace bbgrant::http {

/// What went wrong before or instead of a handler's answer.
enum class ErrorReason {
  kBadRequest,           ///< 400, malformed or smuggled (S53)
  kBadTarget,            ///< 400, a path or an absolute target that cannot be right (S55, S93)
  kNotFound,             ///< 404
  kMethodNotAllowed,     ///< 405, Allow is added by the server
  kTimeout,              ///< 408 (S52)
  kBodyTooLarge,         ///< 413 (S54)
  kTargetTooLong,        ///< 414
  kUnsupportedEncoding,  ///< 415, a request Content-Encoding (S93)
  kWrongHost,            ///< 421 (S49)
  kHeadersTooLarge,      ///< 431
  kFault,                ///< 500, an exception (S67)
  kUnknownMethod,        ///< 501
  kUnavailable,          ///< 503, Retry-After is added by the server
};

[[nodiscard]] int status_of(ErrorReason reason) noexcept;
/// For logs: "bad_request" and so on.
[[nodiscard]] const char* name_of(ErrorReason reason) noexcept;

struct ErrorInfo {
  int status;
  ErrorReason reason;
  /// The request's id; the same stands in the log.
  std::string id;
};

/// Renders an error in the form of the server that uses it. The request is null when it could not
/// be read; else its method, path, headers and host may be unset where the error came early. Must
/// not throw and must not repeat what the client sent. Status, Allow, Retry-After and Connection
/// are the server's.
using ErrorPage = std::function<Response(const Request* request, const ErrorInfo& info)>;

/// Plain text: the status and its phrase.
[[nodiscard]] Response plain_error_page(const Request* request, const ErrorInfo& info);

/// Limits, all explicit (S52, S54). Times end a connection; sizes in bytes.
struct Limits {
  std::chrono::milliseconds header_time = std::chrono::seconds{10};
  std::chrono::milliseconds body_time = std::chrono::seconds{30};
  std::chrono::milliseconds write_time = std::chrono::seconds{30};
  std::chrono::milliseconds idle_time = std::chrono::seconds{60};
  /// A handler that takes longer is cancelled; the client gets 503.
  std::chrono::milliseconds handler_time = std::chrono::seconds{60};
  std::size_t max_target = 8 * 1024;
  std::size_t max_headers = 16 * 1024;
  std::size_t max_fields = 100;
  std::size_t max_connections = 8192;
  /// An IPv6 address counts by its /64. Trusted proxies are not counted.
  std::size_t max_connections_per_address = 1024;
};

struct ServerOptions {
  /// For the log: "app", "sandbox".
  std::string name;
  /// Numeric addresses, IPv6 with or without brackets, no port. Empty means 127.0.0.1 and ::1;
  /// where the machine has no IPv6, 127.0.0.1 alone, and the log says so.
  std::vector<std::string> listen_addresses;
  /// One port for all addresses; 0 takes one that is free on all of them.
  std::uint16_t port = 0;
  /// Accepted in Host besides localhost, 127.0.0.1 and [::1] with our port: "sandbox:7990"; without
  /// a port any port is accepted. Listening addresses other than loopback and the wildcards are
  /// accepted by themselves (S49).
  std::vector<std::string> hosts;
  Limits limits;
  /// CIDR, "10.0.0.0/8", "::1/128", or one address: their X-Forwarded-For and X-Forwarded-Proto
  /// are believed (S71).
  std::vector<std::string> trusted_proxies;
  /// Origins, "https://page.example", whose pages may read the answers of routes that allow it
  /// (S81).
  std::vector<std::string> cross_origins;
  /// PEM files; both or neither.
  std::string tls_certificate_file;
  std::string tls_key_file;
  /// Put on every answer that does not set them itself.
  Headers extra_headers;
  /// Unset means plain_error_page.
  ErrorPage error_page;
  /// Judges an exception of a handler: kUnavailable for a store that fails (503), else kFault.
  /// Unset means always kFault. The server logs the exception's text in any case (S67).
  std::function<ErrorReason(const std::exception&)> judge_fault;
  /// For each 503 of judge_fault.
  std::chrono::seconds retry_after{1};
  /// Looks on and interferes, for tests; null for none. Outlives the server.
  Tap* tap = nullptr;
};

/// Answers of one route, counted.
struct RouteCount {
  std::string route;
  /// 1xx to 5xx at index 1 to 5.
  std::uint64_t by_class[6];
};

/// One HTTP/1.1 server on one port: the listener, its connections and their limits.
///
/// start() and stop() are called by one thread, not by one of the loops; the rest is thread-safe.
/// The loops, the log and the clock must outlive it.
class Server {
 public:
  /// Opens nothing.
  /// @throws base::StartError for an option that cannot be used (address, CIDR, TLS files).
  Server(ServerOptions options, Router router, base::EventLoops& loops, base::Log& log,
         const base::Clock& clock);
  /// Stops without grace when stop() was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and accepts. Never shares a port: a second server on it fails here.
  /// @throws base::StartError when a port is taken or may not be used, with what to do.
  void start();

  /// The port that start() took.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Closes the listeners and the idle connections, lets running requests finish for at most
  /// `grace`, then cuts the rest. Returns when all connections are gone. May be called twice.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{5});

  [[nodiscard]] std::size_t open_connections() const;

  /// Counters by route; requests without one stand under "".
  [[nodiscard]] std::vector<RouteCount> counts() const;

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace bbgrant::http

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <bbgrant/client.hpp>
#include <bbgrant/secret.hpp>
#include <bbgrant/server.hpp>
#include <bbgrant/transport.hpp>
#include <nlohmann/json_fwd.hpp>

namespace bbgrant {

/// One call of an API.
struct ApiRequest {
  std::string method = "GET";
  /// A path with or without a query, put behind Server::api_url ("/2.0/user"), or a whole URL with
  /// the same scheme, host and port, such as a `next` link.
  std::string target{};
  std::string body{};
  /// Sent with a body only.
  std::string content_type = "application/json";
  /// More headers; not Authorization, Host, Content-Length or Cookie.
  Headers headers{};
  std::chrono::milliseconds timeout = std::chrono::seconds{30};  ///< with redirects and retries
  bool follow_redirects = true;  ///< false: a redirect is the answer
  std::stop_token stop{};
};

/// An answer below 400.
struct ApiResponse {
  int status = 0;
  Headers headers{};
  std::string body{};  ///< decoded
  std::string url{};   ///< where it came from, after redirects

  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  /// The body as JSON; include <nlohmann/json.hpp> to use it.
  /// @throws ProtocolError it is not JSON, or more than 100 levels deep.
  [[nodiscard]] nlohmann::json json() const;
};

/// Calls an API with a bearer token, in the Authorization header only (RFC 6750 section 2.1).
///
/// The token goes to the scheme, host and port of Server::api_url and nowhere else: a target or a
/// redirect that points elsewhere is refused before anything is sent (S39). Safe methods follow up
/// to five redirects within that origin, and are tried again (Options::retry) after 429, 502, 503,
/// 504 and a connection that failed. All functions may be called from several threads at once.
///
/// They throw ApiError for a status of 400 and above, ProtocolError for a redirect that is not
/// followed, TransportError when nothing came back, ConfigError when nothing was sent.
class ApiClient {
 public:
  /// @throws ConfigError Server::api_url is empty or cannot be used.
  explicit ApiClient(Server server, Options options = {});
  ~ApiClient();
  ApiClient(ApiClient&&) noexcept;
  ApiClient& operator=(ApiClient&&) noexcept;

  /// @param bearer  an access token; empty: the call is anonymous.
  [[nodiscard]] ApiResponse send(const ApiRequest& request, const Secret& bearer) const;

  [[nodiscard]] ApiResponse get(std::string target, const Secret& bearer) const;
  [[nodiscard]] ApiResponse post(std::string target, std::string json_body,
                                 const Secret& bearer) const;
  [[nodiscard]] ApiResponse put(std::string target, std::string json_body,
                                const Secret& bearer) const;
  /// DELETE, which is a word of C++.
  [[nodiscard]] ApiResponse remove(std::string target, const Secret& bearer) const;

  [[nodiscard]] const Server& server() const noexcept;

 private:
  struct Parts;
  std::shared_ptr<const Parts> parts_;
};

}  // namespace bbgrant

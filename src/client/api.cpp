// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>

#include <bbgrant/api.hpp>

#include "client/api_error.hpp"
#include "client/exchange.hpp"
#include "client/form.hpp"
#include "client/inline.hpp"
#include "client/json_reader.hpp"
#include "client/url.hpp"

namespace bbgrant {

struct ApiClient::Parts {
  Server server;
  detail::Url base;
  detail::Line line;
  Clock clock;
  std::size_t body_limit;
  RetryPolicy retry;

  using Deadline = std::chrono::steady_clock::time_point;

  [[nodiscard]] ApiResponse send_following(HttpRequest& request, bool follow, detail::Url url,
                                           Deadline deadline) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_before_retry(
      int tries, std::optional<std::chrono::seconds> asked, Deadline deadline) const;

  /// Where a call goes: below the API's URL, or a whole URL of the same origin.
  /// @throws ConfigError anything else (S39).
  [[nodiscard]] detail::Url judged_target(std::string_view target) const {
    std::string whole{target};
    if (target.starts_with('/')) {
      std::string_view prefix{base.text()};
      while (prefix.ends_with('/')) prefix.remove_suffix(1);
      whole = std::string{prefix} + std::string{target};
    }
    auto url = detail::Url::parse(whole);
    if (!url)
      throw ConfigError("The target of the call is neither a path nor a URL", {},
                        "Begin it with a slash, such as /2.0/user, and percent-encode blanks");
    if (url->origin() != base.origin() || url->has_user())
      throw ConfigError("The token is for " + base.origin() + " and goes nowhere else",
                        url->shown(), "Call that host without a token of this server");
    return *std::move(url);
  }
};

BBGRANT_INLINE ApiClient::ApiClient(Server server, Options options) {
  auto base = detail::judged_url(server.api_url, "The API URL", options.allow_plain_http);
  auto line = detail::line_from(options);
  parts_ = std::make_shared<const Parts>(
      Parts{.server = std::move(server),
            .base = std::move(base),
            .line = std::move(line),
            .clock = options.clock ? std::move(options.clock) : system_clock(),
            .body_limit = options.api_body_limit,
            .retry = options.retry});
}

BBGRANT_INLINE ApiClient::~ApiClient() = default;
BBGRANT_INLINE ApiClient::ApiClient(ApiClient&&) noexcept = default;
BBGRANT_INLINE ApiClient& ApiClient::operator=(ApiClient&&) noexcept = default;

BBGRANT_INLINE const Server& ApiClient::server() const noexcept { return parts_->server; }

namespace detail {

inline void add_own_headers(const ApiRequest& call, HttpRequest& request) {
  constexpr std::array<std::string_view, 7> kNotTheirs{
      "Authorization",     "Proxy-Authorization", "Host",  "Content-Length",
      "Transfer-Encoding", "Connection",          "Cookie"};
  for (const auto& [name, value] : call.headers) {
    if (std::ranges::any_of(kNotTheirs, [&name = name](std::string_view own) {
          return same_in_any_case(name, own);
        }))
      throw ConfigError("The header " + name + " cannot be set by a call");
    request.headers.push_back({name, wire_text(value)});
  }
}

inline bool has_header(const HttpRequest& request, std::string_view name) {
  return std::ranges::any_of(
      request.headers, [name](const auto& header) { return same_in_any_case(header.name, name); });
}

inline HttpRequest api_request(const ApiRequest& call, const Secret& bearer, const Line& line) {
  HttpRequest request{.method = call.method, .timeout = call.timeout};
  request.stop = call.stop;
  request.may_resend = call.method == "GET" || call.method == "HEAD";
  request.compressed = true;
  if (!bearer.empty()) {
    require_one_line(bearer.reveal(), "The access token");
    WireText value = wire_text("Bearer ");
    value.push_back(WirePart::hidden(WireKind::kAccessToken, bearer.copy()));
    request.headers.push_back({"Authorization", std::move(value)});
  }
  add_own_headers(call, request);
  if (!has_header(request, "Accept"))
    request.headers.push_back({"Accept", wire_text("application/json")});
  if (!call.body.empty() && !has_header(request, "Content-Type"))
    request.headers.push_back({"Content-Type", wire_text(call.content_type)});
  if (!has_header(request, "User-Agent"))
    request.headers.push_back({"User-Agent", wire_text(line.user_agent)});
  request.body = wire_text(call.body);
  return request;
}

inline bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace detail

BBGRANT_INLINE ApiResponse ApiClient::Parts::send_following(HttpRequest& request, bool follow,
                                                            detail::Url url,
                                                            Deadline deadline) const {
  constexpr int kMostRedirects = 5;
  for (int redirects = 0;; ++redirects) {
    request.url = url.text();
    request.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (request.timeout <= std::chrono::milliseconds::zero())
      throw TransportError(TransportFault::kTimeout, "No whole answer came in time: " + url.shown(),
                           url.shown(), "Try again later, or allow more time", redirects > 0);
    auto response = detail::exchange(line, request, request.method + " " + url.target(),
                                     detail::BodyHolds::kData);
    if (response.status >= 400)
      throw detail::api_error(request, url.shown(), response, clock(),
                              detail::KnownSecrets{request});
    if (!follow || !detail::is_redirect(response.status))
      return {response.status, std::move(response.headers), std::move(response.body), url.text()};

    // S39: a redirect is followed by hand, within the origin only, and never for a body.
    const auto refuse = [&](const std::string& why) {
      throw ProtocolError("A redirect was not followed: " + why, response.status,
                          detail::excerpt(detail::KnownSecrets{request}.mask(response.body)),
                          url.shown(), "The token stays with " + base.origin());
    };
    if (!request.may_resend) refuse("only GET and HEAD follow one");
    if (redirects == kMostRedirects) refuse("there were more than five");
    const auto next = url.resolve(find_header(response.headers, "Location").value_or(""));
    if (!next) refuse("it leads to no http or https URL");
    if (next->origin() != base.origin() || next->has_user())
      refuse("it leads to another scheme, host or port");
    url = *next;
  }
}

/// How long to wait before the next try; nothing when there is to be none.
BBGRANT_INLINE std::optional<std::chrono::milliseconds> ApiClient::Parts::wait_before_retry(
    int tries, std::optional<std::chrono::seconds> asked, Deadline deadline) const {
  if (tries >= retry.attempts) return std::nullopt;
  std::chrono::milliseconds wait{0};
  if (asked) {
    wait = *asked;
  } else {
    const std::chrono::milliseconds doubled{retry.first_delay.count() << std::min(tries - 1, 20)};
    const auto most = std::clamp(doubled, std::chrono::milliseconds{0}, retry.longest_delay);
    std::random_device random;
    std::uniform_int_distribution<std::int64_t> jitter{0, most.count()};
    wait = std::chrono::milliseconds{jitter(random)};
  }
  if (wait > retry.longest_delay || std::chrono::steady_clock::now() + wait >= deadline)
    return std::nullopt;
  return wait;
}

namespace detail {

inline bool worth_a_retry(const ApiError& error) noexcept {
  const int status = error.status();
  return status == 429 || status == 502 || status == 503 || status == 504;
}

inline bool worth_a_retry(const TransportError& error) noexcept {
  return error.fault() == TransportFault::kConnect || error.fault() == TransportFault::kBroken;
}

/// Returns early when the stop token is used.
inline void wait_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock{mutex};
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace detail

BBGRANT_INLINE ApiResponse ApiClient::send(const ApiRequest& call, const Secret& bearer) const {
  const auto url = parts_->judged_target(call.target);
  if (call.timeout <= std::chrono::milliseconds::zero())
    throw ConfigError("The timeout must be above zero");
  auto request = detail::api_request(call, bearer, parts_->line);
  request.body_limit = parts_->body_limit;
  const auto deadline = std::chrono::steady_clock::now() + call.timeout;
  for (int tries = 1;; ++tries) {
    std::optional<std::chrono::milliseconds> wait;
    try {
      return parts_->send_following(request, call.follow_redirects, url, deadline);
    } catch (const ApiError& error) {
      if (!request.may_resend || !detail::worth_a_retry(error)) throw;
      wait = parts_->wait_before_retry(tries, error.answer().retry_after, deadline);
      if (!wait) throw;
    } catch (const TransportError& error) {
      if (!request.may_resend || !detail::worth_a_retry(error)) throw;
      wait = parts_->wait_before_retry(tries, std::nullopt, deadline);
      if (!wait) throw;
    }
    detail::wait_for(*wait, call.stop);
  }
}

BBGRANT_INLINE ApiResponse ApiClient::get(std::string target, const Secret& bearer) const {
  return send({.target = std::move(target)}, bearer);
}

BBGRANT_INLINE ApiResponse ApiClient::post(std::string target, std::string json_body,
                                           const Secret& bearer) const {
  return send({.method = "POST", .target = std::move(target), .body = std::move(json_body)},
              bearer);
}

BBGRANT_INLINE ApiResponse ApiClient::put(std::string target, std::string json_body,
                                          const Secret& bearer) const {
  return send({.method = "PUT", .target = std::move(target), .body = std::move(json_body)}, bearer);
}

BBGRANT_INLINE ApiResponse ApiClient::remove(std::string target, const Secret& bearer) const {
  return send({.method = "DELETE", .target = std::move(target)}, bearer);
}

BBGRANT_INLINE std::optional<std::string> ApiResponse::header(std::string_view name) const {
  return find_header(headers, name);
}

BBGRANT_INLINE nlohmann::json ApiResponse::json() const {
  try {
    return detail::read_json(body, 100, detail::RepeatedMembers::kAllow);
  } catch (const detail::BadJson& bad) {
    const auto shown = detail::Url::parse(url);
    throw ProtocolError(std::string{"The answer cannot be read: "} + bad.what(), status, {},
                        shown ? shown->shown() : std::string{});
  }
}

}  // namespace bbgrant

// SPDX-License-Identifier: MIT
#include "client/exchange.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <bbgrant/error.hpp>
#include <curl/curl.h>

#include "client/form.hpp"
#include "client/inline.hpp"
#include "client/url.hpp"

namespace bbgrant {

BBGRANT_INLINE std::optional<std::string> find_header(const Headers& headers,
                                                      std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [name](const auto& header) { return detail::same_in_any_case(header.first, name); });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

}  // namespace bbgrant

namespace bbgrant::detail {

BBGRANT_INLINE bool same_in_any_case(std::string_view left, std::string_view right) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

BBGRANT_INLINE bool is_http_token(std::string_view text) noexcept {
  constexpr std::string_view kAllowed =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

BBGRANT_INLINE Line line_from(const Options& options) {
  require_one_line(options.user_agent, "The user agent");
  return {options.transport ? options.transport : curl_transport(options.curl), options.observer,
          options.user_agent};
}

BBGRANT_INLINE std::optional<std::chrono::seconds> retry_after(const Headers& headers,
                                                               std::chrono::sys_seconds now) {
  constexpr std::chrono::seconds kMost = std::chrono::hours{24};
  const auto value = find_header(headers, "Retry-After");
  if (!value || value->empty()) return std::nullopt;
  if (value->find_first_not_of("0123456789") == std::string::npos) {
    long long seconds = 0;
    const auto read = std::from_chars(value->data(), value->data() + value->size(), seconds);
    if (read.ec != std::errc{}) return kMost;  // more digits than fit
    return std::min(kMost, std::chrono::seconds{seconds});
  }
  const auto date = curl_getdate(value->c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const std::chrono::sys_seconds at{std::chrono::seconds{date}};
  return std::clamp(std::chrono::seconds{at - now}, std::chrono::seconds{0}, kMost);
}

/// Nothing that could end a header early or add another one leaves (S86).
inline void require_sendable(const HttpRequest& request) {
  if (!is_http_token(request.method)) throw ConfigError("The HTTP method is not a word");
  if (request.timeout <= std::chrono::milliseconds::zero())
    throw ConfigError("The timeout must be above zero");
  for (const auto& header : request.headers) {
    if (!is_http_token(header.name)) throw ConfigError("A header name has a bad character");
    for (const auto& part : header.value)
      require_one_line(part.reveal(), "The header " + header.name);
  }
}

/// What the record keeps: everything but the bytes of a password (S14).
inline WireText without_passwords(const WireText& text) {
  WireText result;
  for (const auto& part : text)
    result.push_back(part.kind == WireKind::kPassword
                         ? WirePart::hidden(WireKind::kPassword, Secret{})
                         : part.copy());
  return result;
}

/// The request as it will leave, for transports that do not tell how it did.
inline WireMessage expected_request(const HttpRequest& request) {
  const auto url = Url::parse(request.url);
  WireMessage message;
  message.start_line =
      wire_text(request.method + " " + (url ? url->target() : std::string{"/"}) + " HTTP/1.1");
  for (const auto& header : request.headers)
    message.headers.push_back({header.name, copy(header.value)});
  return message;
}

inline WireMessage record_request(const HttpRequest& request, const KnownSecrets& known,
                                  const WireMessage* sent) {
  WireMessage message =
      sent != nullptr && !sent->start_line.empty() ? sent->copy() : expected_request(request);
  // A target may repeat the bearer token (S36).
  message.start_line = known.hide(masked(message.start_line));
  for (auto& header : message.headers) header.value = without_passwords(header.value);
  message.body = without_passwords(request.body);
  if (sent == nullptr || sent->start_line.empty()) {
    message.head_bytes = 0;
    message.body_bytes = 0;
  }
  return message;
}

inline WireMessage record_response(const HttpResponse& response, const KnownSecrets& known,
                                   BodyHolds holds) {
  WireMessage message{.start_line = wire_text(response.start_line),
                      .head_bytes = response.head_bytes,
                      .body_bytes = response.body_bytes};
  for (const auto& [name, value] : response.headers) {
    WireText text;
    // Cookies are credentials; a Location can carry a code or a token.
    if (same_in_any_case(name, "Set-Cookie"))
      text.push_back(WirePart::hidden(WireKind::kOther, Secret{std::string_view{value}}));
    else
      text = known.hide(value);
    message.headers.push_back({name, std::move(text)});
  }
  message.body = holds == BodyHolds::kTokens ? hide_token_answer(response.body, known)
                                             : known.hide(response.body);
  return message;
}

BBGRANT_INLINE HttpResponse exchange(const Line& line, const HttpRequest& request,
                                     std::string_view purpose, BodyHolds holds) {
  require_sendable(request);
  if (!line.observer) return line.transport->send(request);

  const auto url = Url::parse(request.url);
  const KnownSecrets known{request};
  Exchange record{.purpose = known.mask(purpose),
                  .method = request.method,
                  .url = url ? url->shown() : std::string{},
                  .started = std::chrono::system_clock::now()};
  const auto start = std::chrono::steady_clock::now();
  const auto took = [start] {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                 start);
  };
  HttpResponse response;
  try {
    response = line.transport->send(request);
  } catch (const Error& error) {
    record.took = took();
    record.request = record_request(request, known, nullptr);
    record.failure = error.what();
    line.observer(std::move(record));
    throw;
  }
  record.took = took();
  record.request = record_request(request, known, &response.sent);
  record.response = record_response(response, known, holds);
  line.observer(std::move(record));
  return response;
}

}  // namespace bbgrant::detail

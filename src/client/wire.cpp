// SPDX-License-Identifier: MIT
#include <bbgrant/wire.hpp>

#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE std::string_view name_of(WireKind kind) noexcept {
  switch (kind) {
    case WireKind::kText:
      return "text";
    case WireKind::kPassword:
      return "password";
    case WireKind::kBasicCredentials:
      return "consumer key and secret";
    case WireKind::kConsumerSecret:
      return "consumer secret";
    case WireKind::kAccessToken:
      return "access token";
    case WireKind::kRefreshToken:
      return "refresh token";
    case WireKind::kCode:
      return "authorization code";
    case WireKind::kCodeVerifier:
      return "code verifier";
    case WireKind::kAssertion:
      return "assertion";
    case WireKind::kOther:
      return "secret";
  }
  return "secret";
}

BBGRANT_INLINE WirePart WirePart::plain(std::string text) {
  return WirePart{.text = std::move(text)};
}

BBGRANT_INLINE WirePart WirePart::hidden(WireKind kind, Secret secret) {
  return WirePart{.kind = kind, .secret = std::move(secret)};
}

BBGRANT_INLINE WirePart WirePart::copy() const {
  return WirePart{.kind = kind, .text = text, .secret = secret.copy()};
}

BBGRANT_INLINE std::string_view WirePart::reveal() const noexcept {
  return kind == WireKind::kText ? std::string_view{text} : secret.reveal();
}

BBGRANT_INLINE WireText wire_text(std::string text) {
  WireText result;
  if (!text.empty()) result.push_back(WirePart::plain(std::move(text)));
  return result;
}

BBGRANT_INLINE WireText copy(const WireText& text) {
  WireText result;
  result.reserve(text.size());
  for (const auto& part : text) result.push_back(part.copy());
  return result;
}

BBGRANT_INLINE std::string masked(const WireText& text) {
  std::string result;
  for (const auto& part : text) result += part.kind == WireKind::kText ? part.text : "***";
  return result;
}

BBGRANT_INLINE Secret revealed(const WireText& text) {
  Secret result;
  for (const auto& part : text)
    result.append(part.kind == WireKind::kPassword ? std::string_view{"***"} : part.reveal());
  return result;
}

BBGRANT_INLINE WireMessage WireMessage::copy() const {
  WireMessage result{.start_line = bbgrant::copy(start_line),
                     .body = bbgrant::copy(body),
                     .head_bytes = head_bytes,
                     .body_bytes = body_bytes};
  for (const auto& header : headers)
    result.headers.push_back({header.name, bbgrant::copy(header.value)});
  return result;
}

BBGRANT_INLINE std::string masked(const WireMessage& message) {
  std::string result = masked(message.start_line) + "\r\n";
  for (const auto& header : message.headers)
    result += header.name + ": " + masked(header.value) + "\r\n";
  return result + "\r\n" + masked(message.body);
}

BBGRANT_INLINE Secret revealed(const WireMessage& message) {
  Secret result = revealed(message.start_line);
  result.append("\r\n");
  for (const auto& header : message.headers) {
    result.append(header.name + ": ");
    result.append(revealed(header.value).reveal());
    result.append("\r\n");
  }
  result.append("\r\n");
  result.append(revealed(message.body).reveal());
  return result;
}

BBGRANT_INLINE Exchange Exchange::copy() const {
  Exchange result{.purpose = purpose,
                  .method = method,
                  .url = url,
                  .request = request.copy(),
                  .failure = failure,
                  .started = started,
                  .took = took};
  if (response) result.response = response->copy();
  return result;
}

}  // namespace bbgrant

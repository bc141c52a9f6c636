// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bbgrant/secret.hpp>

namespace bbgrant {

/// What a stretch of wire text is.
enum class WireKind : std::uint8_t {
  kText,              ///< not secret
  kPassword,          ///< never kept: the record has the place, not the bytes (S14)
  kBasicCredentials,  ///< Base64 of consumer key and secret
  kConsumerSecret,
  kAccessToken,
  kRefreshToken,
  kCode,          ///< authorization code
  kCodeVerifier,  ///< PKCE, RFC 7636
  kAssertion,     ///< a signed JWT
  kOther,         ///< secret for a reason of its own, such as a cookie
};

/// "access token" and so on.
[[nodiscard]] std::string_view name_of(WireKind kind) noexcept;

/// One stretch of what goes over the wire: plain text, or a secret as encoded there.
struct WirePart {
  WireKind kind = WireKind::kText;
  std::string text{};  ///< the bytes of kText
  Secret secret{};     ///< the bytes of every other kind; empty for a password in a record

  [[nodiscard]] static WirePart plain(std::string text);
  [[nodiscard]] static WirePart hidden(WireKind kind, Secret secret);
  [[nodiscard]] WirePart copy() const;
  /// The bytes, secret or not.
  [[nodiscard]] std::string_view reveal() const noexcept;
};

/// Bytes of the wire in order. Move-only, like the secrets in it.
using WireText = std::vector<WirePart>;

[[nodiscard]] WireText wire_text(std::string text);
[[nodiscard]] WireText copy(const WireText& text);
/// The text with "***" for each secret.
[[nodiscard]] std::string masked(const WireText& text);
/// The text with its secrets in clear, except passwords, which stay "***". For the owner's eyes.
[[nodiscard]] Secret revealed(const WireText& text);

struct WireHeader {
  std::string name{};
  WireText value{};
};

/// One HTTP message as it went over the wire. With HTTP/2 the start line is its HTTP/1 rendering.
struct WireMessage {
  WireText start_line{};              ///< without the line end
  std::vector<WireHeader> headers{};  ///< all of them, also those that libcurl adds
  WireText body{};                    ///< decoded, where the server compressed it
  std::size_t head_bytes = 0;         ///< as sent or received
  std::size_t body_bytes = 0;         ///< as sent or received; compressed, where it was

  [[nodiscard]] WireMessage copy() const;
};

/// Start line, headers, empty line and body, secrets as "***".
[[nodiscard]] std::string masked(const WireMessage& message);
/// The same in clear, except passwords.
[[nodiscard]] Secret revealed(const WireMessage& message);

/// One request and what came of it.
struct Exchange {
  std::string purpose{};  ///< for people: "password grant", "refresh", "GET /2.0/user"
  std::string method{};
  std::string url{};  ///< without user, query and fragment
  WireMessage request{};
  std::optional<WireMessage> response{};  ///< nothing when none came
  std::string failure{};                  ///< why none came
  std::chrono::system_clock::time_point started{};
  std::chrono::microseconds took{};

  [[nodiscard]] Exchange copy() const;
};

/// Gets each exchange, failed ones too, before the call returns and on the calling thread; from
/// several threads at once if the client is used so. It must not throw.
using WireObserver = std::function<void(Exchange exchange)>;

}  // namespace bbgrant

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bbgrant::detail {

/// An absolute http or https URL, taken apart by libcurl.
class Url {
 public:
  /// Nothing when it is not an absolute http or https URL with a host.
  [[nodiscard]] static std::optional<Url> parse(std::string_view text);
  /// A reference (RFC 3986 section 5) seen from this URL, such as a Location.
  [[nodiscard]] std::optional<Url> resolve(std::string_view reference) const;

  /// As libcurl sends it.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// Scheme, host and port, "https://example.com:443": equal for equal origins.
  [[nodiscard]] const std::string& origin() const noexcept { return origin_; }
  [[nodiscard]] const std::string& scheme() const noexcept { return scheme_; }
  /// In lower case; IPv6 in brackets.
  [[nodiscard]] const std::string& host() const noexcept { return host_; }
  /// Path and query.
  [[nodiscard]] std::string target() const;
  /// For people: without user, query and fragment (S41).
  [[nodiscard]] const std::string& shown() const noexcept { return shown_; }
  [[nodiscard]] bool has_user() const noexcept { return has_user_; }
  [[nodiscard]] bool has_fragment() const noexcept { return has_fragment_; }
  /// Whether it names this very machine: localhost, 127.0.0.0/8 or ::1.
  [[nodiscard]] bool loopback() const noexcept;

 private:
  std::string text_;
  std::string origin_;
  std::string scheme_;
  std::string host_;
  std::string path_;
  std::string query_;
  std::string shown_;
  bool has_user_ = false;
  bool has_fragment_ = false;
};

/// The URL, if it may be used for secrets: https, or http to loopback unless allowed (S39); no
/// user, no fragment (RFC 6749 section 3.2).
/// @param what  for the error: "the token URL".
/// @throws ConfigError
[[nodiscard]] Url judged_url(std::string_view text, std::string_view what, bool allow_plain_http);

}  // namespace bbgrant::detail

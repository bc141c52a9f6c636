// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bbgrant::cli {

/// The parts of an http or https URL that a check looks at.
struct Url {
  /// As libcurl will connect to it; an IPv6 address without its brackets.
  std::string host;
  std::optional<std::uint16_t> port;
  std::string path;
  bool has_query = false;

  /// Neither a path nor a query: an origin.
  [[nodiscard]] bool is_origin() const noexcept {
    return !has_query && (path.empty() || path == "/");
  }
  /// localhost, 127.0.0.0/8 or ::1.
  [[nodiscard]] bool is_loopback() const noexcept;
};

/// An absolute http or https URL with a host, without user, password and fragment. Taken apart by
/// libcurl, which also connects: a second parser could see another host in the same text, as
/// Boost.URL 1.81 does in http://127.0.0.1.example.com (S98).
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);

/// Whether the text is an IPv4 or IPv6 address, without brackets.
[[nodiscard]] bool is_ip_address(const std::string& text) noexcept;

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bbgrant::http {

struct Request;
struct Response;

enum class SameSite { kStrict, kLax, kNone };

struct SetCookie {
  std::string name = {};
  std::string value = {};
  std::string path = "/";
  bool http_only = true;
  SameSite same_site = SameSite::kLax;
  bool secure = false;
  /// Unset makes a session cookie; zero removes the cookie.
  std::optional<std::chrono::seconds> max_age = std::nullopt;
};

/// The value of a Set-Cookie header, RFC 6265 section 4.1.
/// @throws HeaderError when name, value or path hold a byte that the grammar does not have: control
///         bytes, blank, quote, comma, semicolon, backslash, non-ASCII (S92).
[[nodiscard]] std::string format_cookie(const SetCookie& cookie);

/// A cookie's name for the port that the browser used: cookies know no port, and two servers on
/// localhost must not take each other's (S89). "name" at `usual_port`, else "name_PORT"; under TLS
/// with the prefix "__Host-".
[[nodiscard]] std::string cookie_name(const Request& request, std::string_view name,
                                      std::string_view usual_port);

/// Adds the Set-Cookie header. @throws HeaderError as format_cookie() does.
void add_cookie(Response& response, const SetCookie& cookie);

/// The value of the first cookie of that name in a Cookie header, as sent; names keep their case.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view cookie_header,
                                                          std::string_view name) noexcept;

}  // namespace bbgrant::http

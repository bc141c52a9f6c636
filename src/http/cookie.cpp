// SPDX-License-Identifier: MIT
#include "http/cookie.hpp"

#include <algorithm>

#include "http/message.hpp"

namespace bbgrant::http {
namespace {

// RFC 6265 section 4.1.1: cookie-octet.
bool is_cookie_octet(char c) {
  return c > 0x20 && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
}

// A path may hold what a value may, and a blank would end it in some parsers.
void require_octets(std::string_view text, const char* part) {
  if (!std::all_of(text.begin(), text.end(), is_cookie_octet)) {
    throw HeaderError{std::string{"cookie "} + part + " with a byte that is not allowed"};  // S92
  }
}

std::string_view name_of(SameSite same_site) {
  switch (same_site) {
    case SameSite::kStrict:
      return "Strict";
    case SameSite::kLax:
      return "Lax";
    case SameSite::kNone:
      return "None";
  }
  return "Strict";
}

std::string_view trim(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string format_cookie(const SetCookie& cookie) {
  require_octets(cookie.name, "name");
  require_octets(cookie.value, "value");
  require_octets(cookie.path, "path");
  if (cookie.name.empty() || cookie.name.find('=') != std::string::npos) {
    throw HeaderError{"cookie name is empty or holds ="};
  }
  std::string text = cookie.name + "=" + cookie.value + "; Path=" + cookie.path;
  if (cookie.max_age) text += "; Max-Age=" + std::to_string(cookie.max_age->count());
  if (cookie.http_only) text += "; HttpOnly";
  if (cookie.secure) text += "; Secure";
  text += "; SameSite=";
  text += name_of(cookie.same_site);
  return text;
}

std::string cookie_name(const Request& request, std::string_view name,
                        std::string_view usual_port) {
  const std::size_t colon = request.host.rfind(':');
  const std::string port =
      colon == std::string::npos ? std::string{} : request.host.substr(colon + 1);
  std::string whole{name};
  if (!port.empty() && port != usual_port && port.back() != ']') whole += "_" + port;
  return request.secure ? "__Host-" + whole : whole;
}

void add_cookie(Response& response, const SetCookie& cookie) {
  response.headers.add("Set-Cookie", format_cookie(cookie));
}

std::optional<std::string_view> find_cookie(std::string_view cookie_header,
                                            std::string_view name) noexcept {
  while (!cookie_header.empty()) {
    const std::string_view pair = cookie_header.substr(0, cookie_header.find(';'));
    cookie_header.remove_prefix(std::min(cookie_header.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    if (trim(pair.substr(0, equals)) != name) continue;
    std::string_view value = trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return std::nullopt;
}

}  // namespace bbgrant::http

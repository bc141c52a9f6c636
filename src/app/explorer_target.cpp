// SPDX-License-Identifier: MIT
#include "app/explorer_target.hpp"

#include <algorithm>
#include <cctype>

#include <boost/url/rfc/pchars.hpp>
#include <fmt/format.h>

#include "http/form.hpp"

namespace bbgrant::app {

namespace {

constexpr std::size_t kLongest = 2048;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f;
}

/// "{repo_slug}" and the like; a UUID in braces is none.
std::string place_in(std::string_view path) {
  for (std::size_t at = path.find('{'); at != std::string_view::npos; at = path.find('{', at + 1)) {
    const std::string_view name = path.substr(at + 1, path.find('}', at) - at - 1);
    const bool uuid = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return std::isxdigit(c) != 0 || c == '-';
    });
    if (!uuid) return std::string{name};
  }
  return {};
}

std::string why_not(std::string_view path, std::string_view query) {
  if (!path.starts_with("/2.0/") || path.size() == 5) {
    return "The path begins with /2.0/ and goes on. The host is fixed.";
  }
  if (const std::string place = place_in(path); !place.empty()) {
    return fmt::format("Put a value in place of {{{}}}.", place);
  }
  if (std::any_of(path.begin(), path.end(), is_control) ||
      std::any_of(query.begin(), query.end(), is_control) || query.find('#') != query.npos ||
      path.find('#') != path.npos) {
    return "No blanks, no control characters, no '#': percent-encode them in the query.";
  }
  std::string form{path};
  std::replace(form.begin(), form.end(), '+', 'x');  // a plus in a path is a plus
  const auto decoded = http::decode_form_value(form);
  const auto decoded_query = http::decode_form_value(query);
  if (decoded.index() == 1 || decoded_query.index() == 1) {
    return "A percent code is malformed, or holds no text.";
  }
  const std::string& text = std::get<0>(decoded);
  const bool hidden =
      text.find('%') != text.npos || std::any_of(text.begin(), text.end(), is_control);
  const std::string& asked = std::get<0>(decoded_query);
  const bool split = asked.find_first_of("\r\n") != asked.npos;
  if (hidden || split || text.find("//") != text.npos || text.find('\\') != text.npos ||
      text.find('@') != text.npos || (text + "/").find("/../") != text.npos ||
      (text + "/").find("/./") != text.npos) {
    return "The path may not hold \"..\", \"//\", \"\\\" or \"@\", plain or encoded.";
  }
  return {};
}

}  // namespace

std::variant<std::string, BadTarget> explorer_target(std::string_view typed) {
  if (typed.size() > kLongest) return BadTarget{"The path is longer than 2,048 bytes."};
  const std::size_t mark = typed.find('?');
  const std::string_view path = typed.substr(0, mark);
  const std::string_view query = mark == std::string_view::npos ? "" : typed.substr(mark + 1);
  if (std::string why = why_not(path, query); !why.empty()) return BadTarget{std::move(why)};
  // Braces of a UUID and letters beyond ASCII go out percent-encoded; what is encoded stays so.
  std::string target;
  for (const char& c : typed) {
    const bool as_it_is =
        boost::urls::pchars(static_cast<unsigned char>(c)) || c == '/' || c == '?' || c == '%';
    target += as_it_is ? std::string{c} : http::encode_segment({&c, 1});
  }
  return target;
}

}  // namespace bbgrant::app

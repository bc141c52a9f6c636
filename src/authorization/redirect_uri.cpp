// SPDX-License-Identifier: MIT
#include "authorization/redirect_uri.hpp"

#include <algorithm>

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include "http/form.hpp"

namespace bbgrant::authorization {
namespace {

namespace urls = boost::urls;

constexpr std::size_t kLongest = 2048;

bool is_web(const urls::url_view& url) {
  return url.scheme_id() == urls::scheme::http || url.scheme_id() == urls::scheme::https;
}

std::string_view view(urls::string_view text) { return {text.data(), text.size()}; }

bool is_loopback_address(const urls::url_view& url) {
  const auto host = view(url.encoded_host());
  return url.scheme_id() == urls::scheme::http && (host == "127.0.0.1" || host == "[::1]");
}

// RFC 3986 by the library: absolute, no backslash, blank, control or non-ASCII byte.
std::optional<urls::url_view> parse(std::string_view text) {
  if (text.empty() || text.size() > kLongest) return std::nullopt;
  const auto parsed = urls::parse_uri({text.data(), text.size()});
  if (!parsed || parsed->has_fragment() || parsed->has_userinfo()) return std::nullopt;
  if (!is_web(*parsed)) return *parsed;
  // Boost.URL 1.81 ends the host of http://127.0.0.1.example/ after the address and takes the rest
  // for a path without a slash.
  const auto path = view(parsed->encoded_path());
  const bool broken = !path.empty() && !path.starts_with('/');
  if (parsed->encoded_host().empty() || broken) return std::nullopt;
  return *parsed;
}

// What a server behind the URI might resolve to another path than the one that was registered.
bool has_path_tricks(const urls::url_view& url) {
  const auto path = view(url.encoded_path());
  std::string lower;
  std::ranges::transform(path, std::back_inserter(lower), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  for (const auto* code : {"//", "%2f", "%5c", "%00"}) {
    if (lower.find(code) != std::string::npos) return true;
  }
  return std::ranges::any_of(url.segments(), [](const auto& segment) {
    const std::string text{segment};
    return text == "." || text == "..";
  });
}

// "http://127.0.0.1:4567/x" without its port; an empty path is "/".
std::string without_port(urls::url url) {
  url.remove_port();
  if (url.encoded_path().empty()) url.set_path_absolute(true);  // set_path("/") would make it "/./"
  return std::string{view(url.buffer())};
}

bool begins(std::string_view registered, std::string_view asked) {
  if (!asked.starts_with(registered)) return false;
  if (asked.size() == registered.size()) return true;
  const char last = registered.back();
  const char next = asked[registered.size()];
  return last == '/' || last == '?' || next == '/' || next == '?';
}

}  // namespace

std::optional<std::string> fault_of_callback(std::string_view text, ErrorStyle style) {
  const auto url = parse(text);
  if (!url) {
    return "The callback URL must be an absolute URL without a fragment, a user name or blanks, "
           "such as https://example.com/callback.";
  }
  if (has_path_tricks(*url)) return "The path of the callback URL has empty or dot segments.";
  if (is_web(*url)) {
    const bool plain = url->scheme_id() == urls::scheme::http;
    const bool local = is_loopback_address(*url) || view(url->encoded_host()) == "localhost";
    if (plain && !local && style == ErrorStyle::kRfc6749) {
      return "A callback URL on another machine needs https (RFC 9700 section 2.6).";
    }
    return std::nullopt;
  }
  if (view(url->scheme()).find('.') == std::string_view::npos) {
    return "A scheme of your own is a domain name backwards, with a dot: com.example.app:/callback "
           "(RFC 8252 section 7.1).";
  }
  return std::nullopt;
}

bool may_redirect_to(std::string_view registered, std::string_view asked, ErrorStyle style) {
  const auto known = parse(registered);
  const auto url = parse(asked);
  if (!known || !url) return false;
  if (asked == registered) return true;
  if (has_path_tricks(*url)) return false;
  const bool exact = style == ErrorStyle::kRfc6749;
  const auto fits = [exact](std::string_view left, std::string_view right) {
    return exact ? left == right : begins(left, right);
  };
  if (is_loopback_address(*known) && (exact || !known->has_port()) && is_loopback_address(*url)) {
    return fits(without_port(urls::url{*known}), without_port(urls::url{*url}));
  }
  return fits(registered, asked);
}

std::string form_action_of(std::string_view redirect_uri) {
  const auto url = parse(redirect_uri);
  if (!url) return {};
  // The grammar of a source has no brackets, so an IPv6 address goes by its scheme.
  if (!is_web(*url) || url->host_type() == urls::host_type::ipv6) {
    return std::string{view(url->scheme())} + ":";
  }
  return std::string{view(url->encoded_origin())};
}

std::string with_answer(std::string_view redirect_uri, const AnswerFields& fields,
                        bool in_fragment) {
  std::string answer{redirect_uri};
  if (in_fragment) {
    answer += '#';
  } else if (answer.find('?') == std::string::npos) {
    answer += '?';
  } else if (answer.back() != '?' && answer.back() != '&') {
    answer += '&';
  }
  return answer + http::encode_query(fields);
}

std::string place_of(std::string_view redirect_uri) {
  const auto url = parse(redirect_uri);
  if (!url || !is_web(*url)) return std::string{redirect_uri.substr(0, redirect_uri.find('?'))};
  return std::string{view(url->encoded_host_and_port())} + std::string{view(url->encoded_path())};
}

}  // namespace bbgrant::authorization

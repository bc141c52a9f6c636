// SPDX-License-Identifier: MIT
#include "http/target.hpp"

#include <algorithm>
#include <variant>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "http/percent.hpp"

namespace bbgrant::http {
namespace {

// Also between encoded slashes: "a%2F..%2Fb" must not become a way up in somebody's file name.
bool has_dot_part(std::string_view segment) {
  while (true) {
    const std::size_t end = segment.find_first_of("/\\");
    const std::string_view part = segment.substr(0, end);
    if (part == "." || part == "..") return true;
    if (end == std::string_view::npos) return false;
    segment.remove_prefix(end + 1);
  }
}

std::optional<std::vector<std::string>> decode_segments(std::string_view path) {
  std::vector<std::string> segments;
  path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return segments;
  while (true) {
    const std::size_t slash = path.find('/');
    auto segment = percent_decode(path.substr(0, slash), false);
    if (!std::holds_alternative<std::string>(segment)) return std::nullopt;
    if (has_dot_part(std::get<std::string>(segment))) return std::nullopt;
    segments.push_back(std::get<std::string>(std::move(segment)));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
  Target result;
  std::string_view rest = target;
  if (!rest.starts_with('/')) {
    // RFC 9112 section 3.2.2: the absolute form, which servers must accept.
    const auto url = boost::urls::parse_uri({target.data(), target.size()});
    if (!url || !url->has_authority() || url->has_userinfo() || url->has_fragment()) {
      return std::nullopt;
    }
    if (url->scheme_id() != boost::urls::scheme::http &&
        url->scheme_id() != boost::urls::scheme::https) {
      return std::nullopt;
    }
    result.authority =
        lower(std::string_view{url->encoded_authority().data(), url->encoded_authority().size()});
    const auto path_and_query = url->encoded_target();
    rest = {path_and_query.data(), path_and_query.size()};
    if (rest.empty()) rest = "/";
    if (!rest.starts_with('/')) return std::nullopt;
  }
  if (rest.find('#') != std::string_view::npos) return std::nullopt;
  const std::size_t question = rest.find('?');
  if (question != std::string_view::npos) {
    result.query = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  // Boost.URL's parser refuses braces, which clients of {uuid} paths send raw, so the path is split
  // here and each segment decoded there.
  auto segments = decode_segments(rest);
  if (!segments) return std::nullopt;
  result.path = rest;
  result.segments = std::move(*segments);
  return result;
}

}  // namespace bbgrant::http

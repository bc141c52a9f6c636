// SPDX-License-Identifier: MIT
#include "http/router.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace bbgrant::http {
namespace {

struct PatternSegment {
  enum class Kind { kLiteral, kParameter, kRest };
  Kind kind = Kind::kLiteral;
  std::string text;  // the literal, or the parameter's name
};

[[noreturn]] void refuse(std::string_view pattern, const char* why) {
  throw std::invalid_argument{"route " + std::string{pattern} + ": " + why};
}

PatternSegment parse_segment(std::string_view pattern, std::string_view segment) {
  if (segment.empty()) refuse(pattern, "empty segment");
  if (segment.front() != '{') {
    if (segment.find_first_of("{}") != std::string_view::npos) refuse(pattern, "stray brace");
    return {PatternSegment::Kind::kLiteral, std::string{segment}};
  }
  if (segment.back() != '}') refuse(pattern, "brace that is not closed");
  std::string_view name = segment.substr(1, segment.size() - 2);
  auto kind = PatternSegment::Kind::kParameter;
  if (name.ends_with("...")) {
    kind = PatternSegment::Kind::kRest;
    name.remove_suffix(3);
  }
  if (name.empty()) refuse(pattern, "parameter without a name");
  return {kind, std::string{name}};
}

std::vector<PatternSegment> parse_pattern(std::string_view pattern) {
  if (!pattern.starts_with('/')) refuse(pattern, "must begin with /");
  std::vector<PatternSegment> segments;
  std::string_view rest = pattern.substr(1);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  while (!rest.empty()) {
    if (!segments.empty() && segments.back().kind == PatternSegment::Kind::kRest) {
      refuse(pattern, "nothing may follow {name...}");
    }
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
    segments.push_back(parse_segment(pattern, segment));
  }
  return segments;
}

}  // namespace

/// A tree by segments; where several children fit, the best comes first.
struct Router::Node {
  /// A route and the names that its own pattern gives to the parameters on the way.
  struct Entry {
    Route route;
    std::vector<std::string> names;
  };

  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> rest;
  std::map<Method, Entry> entries;

  [[nodiscard]] const Entry* entry(Method method) const {
    auto at = entries.find(method);
    if (at == entries.end() && method == Method::kHead) at = entries.find(Method::kGet);
    return at == entries.end() ? nullptr : &at->second;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
  if (method == Method::kOther) refuse(pattern, "unknown method");
  Node* node = root_.get();
  std::vector<std::string> names;
  const auto child = [](std::unique_ptr<Node>& slot) {
    if (!slot) slot = std::make_unique<Node>();
    return slot.get();
  };
  for (PatternSegment& segment : parse_pattern(pattern)) {
    switch (segment.kind) {
      case PatternSegment::Kind::kLiteral:
        node = child(node->literals[segment.text]);
        break;
      case PatternSegment::Kind::kParameter:
        node = child(node->parameter);
        names.push_back(std::move(segment.text));
        break;
      case PatternSegment::Kind::kRest:
        node = child(node->rest);
        names.push_back(std::move(segment.text));
        break;
    }
  }
  if (node->entries.contains(method)) refuse(pattern, "is there already");
  auto known = std::find(patterns_.begin(), patterns_.end(), pattern);
  const auto index = static_cast<std::size_t>(known - patterns_.begin());
  if (known == patterns_.end()) patterns_.emplace_back(pattern);
  node->entries.emplace(method, Node::Entry{Route{std::string{pattern}, std::move(handler),
                                                  std::move(options), index},
                                            std::move(names)});
}

namespace {

using Segments = std::vector<std::string>;

/// Walks the tree; `take` sees every node that fits the whole path, best first, with the values of
/// its parameters, and returns true to end the walk.
template <class Node, class Take>
bool walk(const Node& node, const Segments& segments, std::size_t at, Segments& values,
          const Take& take) {
  if (at == segments.size()) return !node.entries.empty() && take(node, values);
  const auto literal = node.literals.find(segments[at]);
  if (literal != node.literals.end() && walk(*literal->second, segments, at + 1, values, take)) {
    return true;
  }
  // A parameter never takes an empty segment: "/a//b" is another path than "/a/{x}/b".
  if (node.parameter && !segments[at].empty()) {
    values.push_back(segments[at]);
    if (walk(*node.parameter, segments, at + 1, values, take)) return true;
    values.pop_back();
  }
  if (node.rest) {
    std::string joined = segments[at];
    for (std::size_t i = at + 1; i < segments.size(); ++i) joined += '/' + segments[i];
    values.push_back(std::move(joined));
    if (!node.rest->entries.empty() && take(*node.rest, values)) return true;
    values.pop_back();
  }
  return false;
}

}  // namespace

std::variant<Router::Found, Router::OtherMethods, Router::NotFound> Router::find(
    Method method, const std::vector<std::string>& segments) const {
  Found found{nullptr, {}};
  OtherMethods others;
  Segments values;
  walk(*root_, segments, 0, values, [&](const Node& node, Segments& given) {
    if (const Node::Entry* entry = node.entry(method)) {
      found.route = &entry->route;
      for (std::size_t i = 0; i < given.size(); ++i) {
        found.parameters.emplace_back(entry->names[i], std::move(given[i]));
      }
      return true;
    }
    for (const auto& [other, entry] : node.entries) {
      if (others.pattern.empty()) others.pattern = entry.route.pattern;
      others.allowed.push_back(other);
      if (other == Method::kGet) others.allowed.push_back(Method::kHead);
    }
    return false;
  });
  if (found.route != nullptr) return found;
  if (others.allowed.empty()) return NotFound{};
  std::sort(others.allowed.begin(), others.allowed.end());
  others.allowed.erase(std::unique(others.allowed.begin(), others.allowed.end()),
                       others.allowed.end());
  return others;
}

std::vector<std::string> Router::patterns() const { return patterns_; }

}  // namespace bbgrant::http

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bbgrant::http {

/// A request target, taken apart.
struct Target {
  std::string path;
  std::string query;
  std::vector<std::string> segments;
  /// Host and port of an absolute target, in lower case.
  std::optional<std::string> authority;
};

/// Nothing for a target that is malformed or tries path tricks: a bad percent code, NUL, bad UTF-8,
/// a "." or ".." segment however it is encoded, a fragment, userinfo (S55). Internal to this room.
[[nodiscard]] std::optional<Target> parse_target(std::string_view target);

}  // namespace bbgrant::http

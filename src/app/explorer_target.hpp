// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace bbgrant::app {

/// Why a target cannot be called, for a person.
struct BadTarget {
  std::string why;
};

/// What a person typed as the target of an API call, ready to be sent: a path below /2.0/ with or
/// without a query. Anything that could lead elsewhere is refused (S48): another host, "..", "//",
/// "\\", "@", control characters, also when they are percent-encoded, and places that are not
/// filled in.
[[nodiscard]] std::variant<std::string, BadTarget> explorer_target(std::string_view typed);

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string_view>

#include <nlohmann/json.hpp>

namespace bbgrant::detail {

/// Why a text is not JSON that we accept. Holds nothing of the text.
class BadJson : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class RepeatedMembers { kRefuse, kAllow };

/// Reads JSON from a server that may be hostile (S40).
/// @throws BadJson not JSON, bad UTF-8, deeper than `depth`, or a member repeated within one
/// object.
[[nodiscard]] nlohmann::json read_json(std::string_view text, std::size_t depth,
                                       RepeatedMembers repeated);

}  // namespace bbgrant::detail

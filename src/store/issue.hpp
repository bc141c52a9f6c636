// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <variant>

#include "store/tokens.hpp"

namespace bbgrant::store {

class Connection;

/// Tokens::issue_tokens() inside the caller's job. Internal to this room.
/// @returns the new family's number, or why there is none.
[[nodiscard]] std::variant<std::int64_t, Issue> issue_family(Connection& connection,
                                                             const NewTokens& tokens);

}  // namespace bbgrant::store

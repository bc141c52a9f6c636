// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace bbgrant::app {

/// What a token with this scope may do; for an unknown one, words that say so.
[[nodiscard]] std::string_view meaning_of_scope(std::string_view name) noexcept;

/// Whether a token with scope `held` may do what `needed` asks for. Only the implications that
/// Bitbucket states are known here.
[[nodiscard]] bool scope_covers(std::string_view held, std::string_view needed) noexcept;

}  // namespace bbgrant::app

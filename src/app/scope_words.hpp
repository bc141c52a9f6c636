// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace bbgrant::app {

/// A scope of Bitbucket in words a person understands.
struct ScopeWords {
  std::string_view name;
  std::string_view meaning;
};

/// What the form offers, in its order.
[[nodiscard]] std::span<const ScopeWords> offered_scopes() noexcept;

/// What a token with this scope may do; for an unknown one, words that say so.
[[nodiscard]] std::string_view meaning_of_scope(std::string_view name) noexcept;

/// Whether a token with scope `held` may do what `needed` asks for. Only the implications that
/// Bitbucket states are known here.
[[nodiscard]] bool scope_covers(std::string_view held, std::string_view needed) noexcept;

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "pages/scope_words.hpp"

namespace bbgrant::authorization {

/// For the consent page and the settings; for an unknown scope, words that say so.
[[nodiscard]] inline std::string_view meaning_of_scope(std::string_view name) noexcept {
  const auto words = pages::scope_words(name);
  return words.empty() ? "Something that this server does not know" : words;
}

}  // namespace bbgrant::authorization

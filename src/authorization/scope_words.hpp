// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace bbgrant::authorization {

/// What a scope lets an app do, for the consent page and the settings: "Read your profile".
/// For an unknown scope, words that say so.
[[nodiscard]] std::string_view meaning_of_scope(std::string_view name) noexcept;

}  // namespace bbgrant::authorization

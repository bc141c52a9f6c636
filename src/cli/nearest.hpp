// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace bbgrant::cli {

/// The known word that a person most likely meant: few letters off, whatever the case.
/// Nothing when none is near. The view is one of `known`.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> known);

}  // namespace bbgrant::cli

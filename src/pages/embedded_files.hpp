// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace bbgrant::pages {

/// A file of web/ as it was when this program was built.
struct EmbeddedFile {
  /// Without its folder: "site.css", "tour.mustache".
  std::string_view name;
  /// Changes with the bytes.
  std::string_view hash;
  std::string_view text;
};

/// web/templates. Sorted by name.
[[nodiscard]] std::span<const EmbeddedFile> embedded_templates() noexcept;
/// web/assets. Sorted by name.
[[nodiscard]] std::span<const EmbeddedFile> embedded_assets() noexcept;

}  // namespace bbgrant::pages

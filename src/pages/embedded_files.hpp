// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace bbgrant::pages {

/// A file of web/ or examples/ as it was when this program was built.
struct EmbeddedFile {
  /// Without its folder: "site.css", "tour.mustache".
  std::string_view name;
  /// Changes with the bytes.
  std::string_view hash;
  std::string_view text;
  /// The same, compressed; for assets only. Without brotli at build, that one is empty.
  std::string_view gzip;
  std::string_view brotli;
};

/// web/templates. Sorted by name.
[[nodiscard]] std::span<const EmbeddedFile> embedded_templates() noexcept;
/// web/assets. Sorted by name.
[[nodiscard]] std::span<const EmbeddedFile> embedded_assets() noexcept;
/// The programs of examples/. Sorted by name.
[[nodiscard]] std::span<const EmbeddedFile> embedded_examples() noexcept;

}  // namespace bbgrant::pages

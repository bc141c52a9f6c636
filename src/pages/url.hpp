// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bbgrant::pages {

/// What may stand in an href: an http or https URL, or a path of our own. No "javascript:", no
/// "//elsewhere", no "/\elsewhere", no user information, no control bytes (S46, S91).
class Url {
 public:
  /// Unset when the text is neither. A path may have a query and a fragment.
  [[nodiscard]] static std::optional<Url> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// Leads to another origin or scheme, so that a page can mark it.
  [[nodiscard]] bool is_absolute() const noexcept { return absolute_; }

  friend bool operator==(const Url&, const Url&) = default;

 private:
  Url(std::string text, bool absolute) : text_(std::move(text)), absolute_(absolute) {}

  std::string text_;
  bool absolute_;
};

}  // namespace bbgrant::pages

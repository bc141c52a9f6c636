// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bbgrant::app {

/// A server's text with the marks that turn the direction of writing (U+200E, U+200F, U+202A to
/// U+202E, U+2066 to U+2069) as "\u202e": they would show bytes in another order than they came.
[[nodiscard]] std::string with_visible_marks(std::string_view text);

/// The same, and cut after so many bytes, at a whole character: a server may say as much as it
/// likes, a page may not grow with it.
[[nodiscard]] std::string shown(std::string_view text, std::size_t most = 300);

/// With a full stop, where none stands.
[[nodiscard]] std::string sentence(std::string text);

}  // namespace bbgrant::app

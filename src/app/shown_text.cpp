// SPDX-License-Identifier: MIT
#include "app/shown_text.hpp"

#include <fmt/format.h>

namespace bbgrant::app {

std::string with_visible_marks(std::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    if (byte(i) == 0xE2 && (byte(i + 1) == 0x80 || byte(i + 1) == 0x81)) {
      const unsigned code = 0x2000 + ((byte(i + 1) & 0x3FU) << 6U) + (byte(i + 2) & 0x3FU);
      if (code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
          (code >= 0x2066 && code <= 0x2069)) {
        visible += fmt::format("\\u{:04x}", code);
        i += 2;
        continue;
      }
    }
    visible += text[i];
  }
  return visible;
}

std::string shown(std::string_view text, std::size_t most) {
  if (text.size() <= most) return with_visible_marks(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return with_visible_marks(text.substr(0, end)) + "…";
}

std::string sentence(std::string text) {
  if (!text.empty() && std::string_view{".!?:"}.find(text.back()) == std::string_view::npos) {
    text += '.';
  }
  return text;
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#include "cli/terminal.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>

#include <unistd.h>

namespace bbgrant::cli {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  // Zero: the bytes are no UTF-8.
  std::size_t size = 0;
};

CodePoint decode(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
  std::uint32_t value = first & (0x7fU >> size);
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xc0U) != 0x80U) return {};
    value = (value << 6U) | (byte(at) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast.at(size) || value > 0x10ffff || surrogate) return {};
  return {value, size};
}

// What moves the cursor, changes the terminal or turns the reading direction.
bool harmful(std::uint32_t value) {
  if (value == '\n' || value == '\t') return false;
  return value < 0x20 || (value >= 0x7f && value <= 0x9f) || value == 0x061c ||
         (value >= 0x200b && value <= 0x200f) || (value >= 0x2028 && value <= 0x202e) ||
         (value >= 0x2060 && value <= 0x206f) || value == 0xfeff ||
         (value >= 0xfff9 && value <= 0xfffb) || (value >= 0xe0000 && value <= 0xe007f);
}

void append_hex(std::string& text, const char* prefix, std::uint32_t value, int digits) {
  std::array<char, 16> hex{};
  std::snprintf(hex.data(), hex.size(), "%s%0*x", prefix, digits, value);
  text += hex.data();
}

}  // namespace

bool is_terminal(int descriptor) noexcept { return ::isatty(descriptor) == 1; }

bool wants_colour(int descriptor, const Environment& environment) {
  return is_terminal(descriptor) && !environment("NO_COLOR") && environment("TERM") != "dumb";
}

bool wants_unicode(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const auto value = environment(name)) {
      return value->find("UTF-8") != std::string::npos || value->find("utf8") != std::string::npos;
    }
  }
  return false;
}

std::string escape_controls(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode(text);
    if (point.size == 0) {
      append_hex(safe, "\\x", static_cast<unsigned char>(text.front()), 2);
      text.remove_prefix(1);
      continue;
    }
    if (harmful(point.value)) {
      append_hex(safe, "\\u", point.value, 4);
    } else {
      safe.append(text.substr(0, point.size));
    }
    text.remove_prefix(point.size);
  }
  return safe;
}

bool write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace bbgrant::cli

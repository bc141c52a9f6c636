// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "cli/config.hpp"

namespace bbgrant::cli {

/// Says what a setting expects. Whoever reads the setting puts the place before it.
class Expected : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The JSON value that a key takes.
enum class Shape { kText, kNumber, kTextOrList, kTextOrObject, kObject };

/// One setting: the same name, check and meaning in the file, the environment and the flags.
struct Setting {
  /// The key in the file; a member of an object has its path: "server.tokenUrl".
  std::string_view key;
  /// The variable; empty where there is none.
  const char* variable;
  Shape shape;
  /// Checks the text and stores it. @throws Expected. Null where only members have a value.
  void (*set)(Config& config, std::string_view text);
};

/// All of them.
[[nodiscard]] std::span<const Setting> settings() noexcept;

/// The one with that key, or null.
[[nodiscard]] const Setting* find_setting(std::string_view key) noexcept;

/// A whole number that is not negative, nothing around it.
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view text) noexcept;

/// A whole number from 0 to 65535, nothing around it.
[[nodiscard]] std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

}  // namespace bbgrant::cli

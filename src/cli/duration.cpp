// SPDX-License-Identifier: MIT
#include "cli/duration.hpp"

#include <array>
#include <cstdint>

#include "cli/setting.hpp"

namespace bbgrant::cli {

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  std::int64_t unit = 0;
  switch (text.back()) {
    case 's':
      unit = 1;
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86400;
      break;
    default:
      return std::nullopt;
  }
  text.remove_suffix(1);
  constexpr std::chrono::seconds kLongest = std::chrono::days{3650};
  const auto count = parse_number(text);
  if (!count || *count == 0 || *count > kLongest.count() / unit) return std::nullopt;
  return std::chrono::seconds{*count * unit};
}

std::string describe(std::chrono::seconds duration) {
  struct Unit {
    std::int64_t seconds;
    const char* name;
  };
  constexpr std::array<Unit, 4> kUnits{
      {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}}};
  const std::int64_t count = duration.count();
  for (const Unit& unit : kUnits) {
    if (count != 0 && count % unit.seconds != 0) continue;
    if (count == 0 && unit.seconds != 1) continue;
    const std::int64_t amount = count / unit.seconds;
    return std::to_string(amount) + " " + unit.name + (amount == 1 ? "" : "s");
  }
  return {};
}

std::string roughly(std::chrono::seconds duration) {
  for (const std::chrono::seconds unit : {std::chrono::seconds{std::chrono::days{1}},
                                          std::chrono::seconds{3600}, std::chrono::seconds{60}}) {
    if (duration >= 2 * unit) return describe(duration - duration % unit);
  }
  return describe(duration);
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bbgrant::cli {

/// "90s", "15m", "2h", "30d": a whole number from 1 with its unit, at most 3650 days.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// For people: "2 hours", "90 seconds", "1 minute".
[[nodiscard]] std::string describe(std::chrono::seconds duration);

/// The same, rounded down to two digits or so: "119 minutes".
[[nodiscard]] std::string roughly(std::chrono::seconds duration);

}  // namespace bbgrant::cli

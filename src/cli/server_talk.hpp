// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "cli/settings.hpp"

namespace bbgrant::cli {

/// Where the started servers answer.
struct Addresses {
  std::optional<std::string> app;
  std::optional<std::string> sandbox;
};

/// Says where everything is: for people on stdout; with `ready_json` as one line of JSON on stdout
/// and the rest on stderr.
/// @param settings  a missing file is said on stderr, now that nothing else was wrong.
/// @param warnings  insecure settings, each one line; to stderr.
void announce(const Output& output, const Addresses& addresses, const Settings& settings,
              const std::vector<std::string>& warnings, bool ready_json);

}  // namespace bbgrant::cli

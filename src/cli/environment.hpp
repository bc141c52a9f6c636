// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "bbgrant/secret.hpp"

namespace bbgrant::cli {

/// Looks a variable up by its name; an empty one counts as not set. A function, so that tests bring
/// their own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's own environment.
[[nodiscard]] Environment process_environment();

/// Takes a secret out of the process's environment and wipes it there, so that it is no longer in
/// /proc/self/environ (S14). Call it before any thread is started. Nothing when it is not set.
[[nodiscard]] std::optional<Secret> take_secret_from_environment(const char* name);

}  // namespace bbgrant::cli

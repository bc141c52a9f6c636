// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

#include <bbgrant/token.hpp>

#include "cli/command.hpp"

namespace bbgrant::cli {

/// What a person wants to know of a token: ", good for 2 hours: account, repository".
[[nodiscard]] std::string describe(const Token& token);

/// "2031-01-31 23:51:15 UTC".
[[nodiscard]] std::string time_text(std::chrono::sys_seconds time);

/// The token itself, to stdout.
/// @param format  token, header, or json, which is also "".
void print_token(const Context& context, const std::string& format, const Token& token);

}  // namespace bbgrant::cli

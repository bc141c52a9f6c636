// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "bbgrant/secret.hpp"
#include "cli/environment.hpp"

namespace bbgrant::cli {

[[nodiscard]] bool is_terminal(int descriptor) noexcept;

/// Colour on a terminal only, and not when NO_COLOR is set (no-color.org) or TERM is "dumb".
[[nodiscard]] bool wants_colour(int descriptor, const Environment& environment);

/// Whether the locale of the environment can show more than ASCII.
[[nodiscard]] bool wants_unicode(const Environment& environment);

/// What a server said, safe for a terminal: control characters, bidirectional overrides and invalid
/// UTF-8 stand there as \u001b or \xff. Newline and tab stay (S87).
[[nodiscard]] std::string escape_controls(std::string_view text);

/// Asks on the controlling terminal, without echo. Wherever it ends, the terminal's settings are
/// given back: typed line, end of input, SIGINT, SIGTERM, SIGHUP, SIGTSTP (S45).
/// @param prompt  without control characters.
/// @throws UsageError when there is no terminal; Failure with kInterrupted or kCancelled.
[[nodiscard]] Secret ask_password(const std::string& prompt);

/// Reads a password to the end of `descriptor` and takes one line end off, nothing else (S69).
/// @throws UsageError when it is empty or over 1,024 bytes.
[[nodiscard]] Secret read_password(int descriptor);

/// Writes everything. @return false when the other side is gone or the disk is full.
[[nodiscard]] bool write_all(int descriptor, std::string_view text) noexcept;

}  // namespace bbgrant::cli

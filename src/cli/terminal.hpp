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

/// Lines that a person types or pastes on the controlling terminal, with echo.
class TerminalLines {
 public:
  /// @param wanted  false: there are none.
  explicit TerminalLines(bool wanted);
  ~TerminalLines();
  TerminalLines(const TerminalLines&) = delete;
  TerminalLines& operator=(const TerminalLines&) = delete;

  /// To wait on; negative where there is no terminal.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  /// The next line, without blanks around it. @throws Failure with kCancelled at the end of input.
  [[nodiscard]] Secret read() const;

 private:
  int descriptor_;
};

/// Reads a secret to the end of `descriptor` and takes one line end off, nothing else (S69).
/// @param what     for the error: "refresh token".
/// @param longest  in bytes.
/// @throws UsageError when it is empty or longer.
[[nodiscard]] Secret read_secret(int descriptor, const std::string& what,
                                 std::size_t longest = 16384);

/// A password: at most 1,024 bytes.
[[nodiscard]] Secret read_password(int descriptor);

/// Writes everything. @return false when the other side is gone or the disk is full.
[[nodiscard]] bool write_all(int descriptor, std::string_view text) noexcept;

}  // namespace bbgrant::cli

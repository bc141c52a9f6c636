// SPDX-License-Identifier: MIT
#include "cli/output.hpp"

#include <cerrno>
#include <system_error>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {

Output::Output(const Environment& environment)
    : data_to_terminal_(is_terminal(STDOUT_FILENO)),
      colour_(wants_colour(STDERR_FILENO, environment)),
      unicode_(wants_unicode(environment)) {}

void Output::data(std::string_view text) const {
  if (write_all(STDOUT_FILENO, text)) return;
  // A reader such as `head` that has seen enough needs no explanation.
  if (errno == EPIPE) throw Failure{ExitCode::kFailure, ""};
  throw Failure{ExitCode::kFailure,
                "standard output cannot be written: " + std::generic_category().message(errno)};
}

void Output::talk(std::string_view text) const noexcept {
  if (!write_all(STDERR_FILENO, text)) return;
}

unsigned Output::width() const noexcept {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace bbgrant::cli

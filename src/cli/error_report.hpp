// SPDX-License-Identifier: MIT
#pragma once

#include <bbgrant/error.hpp>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"

namespace bbgrant::cli {

/// What the client library's failures mean to the shell.
[[nodiscard]] ExitCode exit_code_of(const Error& error) noexcept;

/// Says on stderr what the exception that is being handled means, and returns the exit code. Call
/// it inside a catch block. What servers said is escaped (S87).
[[nodiscard]] ExitCode report_current_exception(const Output& output);

}  // namespace bbgrant::cli

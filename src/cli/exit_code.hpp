// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace bbgrant::cli {

/// What the program tells the shell. Scripts rely on these: changing one is a new major version.
enum class ExitCode {
  kDone = 0,
  kFailure = 1,
  kUsage = 2,
  kCancelled = 3,
  kAuthentication = 4,
  kUnreachable = 5,
  kInterrupted = 130,
};

/// Ends a command. The text is for a person, goes to stderr and holds no secret; empty prints
/// nothing.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

/// The command line or a setting is wrong: exit 2.
class UsageError : public Failure {
 public:
  explicit UsageError(const std::string& text) : Failure(ExitCode::kUsage, text) {}
};

/// The table that `bbgrant help exit-codes` prints.
inline constexpr const char* kExitCodesHelp =
    "Exit codes of bbgrant\n"
    "\n"
    "    0  done; also serve and sandbox when SIGINT or SIGTERM stopped them\n"
    "    1  failure: an API error other than 401, a failing health check, an unwritable output\n"
    "    2  usage or configuration: nothing was sent and nothing listens\n"
    "    3  cancelled or timed out\n"
    "    4  authentication missing or refused (401 too)\n"
    "    5  could not reach the server\n"
    "  130  interrupted\n";

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

#include "cli/environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): the library's own name
namespace CLI {
class App;
}

namespace bbgrant::cli {

/// What every command is given.
struct Context {
  Environment environment;
  Output output;
};

/// Called after the command line was read.
using Run = std::function<ExitCode()>;

/// One command. Each has a file of its own, named after it.
struct Command {
  const char* name;
  const char* summary;
  /// Declares the command's flags on `parser` and returns what to run. `context` outlives both.
  Run (*declare)(CLI::App& parser, const Context& context);
  /// One line or more to copy, for the help.
  const char* example;
};

[[nodiscard]] Run declare_serve(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_sandbox(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_login(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_status(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_token(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_api(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_refresh(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_revoke(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_inspect(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_logout(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_user(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_consumer(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_git_credential(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_doctor(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_healthcheck(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_completion(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_version(CLI::App& parser, const Context& context);
[[nodiscard]] Run declare_help(CLI::App& parser, const Context& context);

}  // namespace bbgrant::cli

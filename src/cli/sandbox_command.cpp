// SPDX-License-Identifier: MIT
#include <memory>

#include <CLI/CLI.hpp>

#include "base/log.hpp"
#include "cli/command.hpp"
#include "cli/process.hpp"
#include "cli/sandbox_flags.hpp"
#include "cli/server_talk.hpp"
#include "sandbox/sandbox.hpp"

namespace bbgrant::cli {
namespace {

ExitCode run(const SandboxFlags& flags, const Context& context) {
  const Settings settings = server_settings({}, flags, context);
  sandbox::Options options = sandbox_options(flags, settings);

  StopSignals signals;
  base::Log log{log_level(flags)};
  sandbox::Sandbox sandbox{std::move(options), log};
  sandbox.start();
  announce(context.output, {.app = std::nullopt, .sandbox = sandbox.origin()}, settings,
           sandbox.warnings(), flags.ready_json);
  signals.wait();
  sandbox.stop();
  return ExitCode::kDone;
}

}  // namespace

Run declare_sandbox(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<SandboxFlags>();
  declare_sandbox_flags(parser, *flags);
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

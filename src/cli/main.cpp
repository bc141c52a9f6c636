// SPDX-License-Identifier: MIT
#include <array>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <bbgrant/version.hpp>
#include <signal.h>

#include "cli/command.hpp"
#include "cli/error_report.hpp"
#include "cli/nearest.hpp"
#include "cli/process.hpp"

namespace bbgrant::cli {
namespace {

// The commands in the order in which the help lists them.
constexpr std::array kCommands{
    Command{"serve", "Start the app and the sandbox", declare_serve, "bbgrant serve"},
    Command{"sandbox", "Start the sandbox alone", declare_sandbox,
            "bbgrant sandbox --store memory --listen 127.0.0.1:7990"},
    Command{"login", "Sign in and keep the token", declare_login,
            "bbgrant login\n  bbgrant login --username alice"},
    Command{"status", "Show who is signed in, and until when", declare_status,
            "bbgrant status --json"},
    Command{"token", "Get an access token and print it", declare_token,
            "bbgrant token --grant password --username alice --scope account --output header"},
    Command{"api", "Call the REST API", declare_api,
            "bbgrant api /2.0/user --jq .nickname\n"
            "  bbgrant api --paginate /2.0/repositories/acme --jq '.values[].full_name'\n"
            "  bbgrant api -X PUT /2.0/repositories/acme/hello -f description=Hello"},
    Command{"refresh", "Replace the stored access token now", declare_refresh, "bbgrant refresh"},
    Command{"revoke", "End a token at the server", declare_revoke, "bbgrant revoke --kind access"},
    Command{"inspect", "Ask the server what it knows of a token", declare_inspect,
            "bbgrant inspect --server http://localhost:7990"},
    Command{"logout", "Forget the stored login, and revoke it", declare_logout, "bbgrant logout"},
    Command{"user", "Users of the sandbox's store", declare_user,
            "bbgrant user add dora --display-name 'Dora D'\n"
            "  bbgrant user two-step dora on\n"
            "  bbgrant user list --json"},
    Command{"consumer", "OAuth consumers of the sandbox's store", declare_consumer,
            "bbgrant consumer add --name Mine --permission account\n"
            "  bbgrant consumer show KEY --secret"},
    Command{"git-credential", "Give git the stored login", declare_git_credential,
            "git -c credential.helper='!bbgrant git-credential' clone "
            "http://localhost:7990/acme/hello.git"},
    Command{"doctor", "Check settings, server, clock and login", declare_doctor, "bbgrant doctor"},
    Command{"healthcheck", "Ask whether a server is well", declare_healthcheck,
            "bbgrant healthcheck http://localhost:7990/healthcheck"},
    Command{"completion", "Print a completion script for a shell", declare_completion,
            "source <(bbgrant completion bash)"},
    Command{"version", "Print the version", declare_version, "bbgrant version --json"},
    Command{"help", "Explain a command, or the exit codes", declare_help,
            "bbgrant help exit-codes"},
};

// What was not understood, without its value: a mistyped --password-stdin may have a password
// behind it (S45).
std::string unknown_argument(const CLI::App& parser) {
  const CLI::App* command = &parser;
  std::vector<std::string> known;
  while (true) {
    for (const CLI::Option* option : command->get_options()) {
      // No group: not in the help, not to be recommended.
      if (option->get_group().empty()) continue;
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    const auto used = command->get_subcommands();
    if (used.empty()) break;
    command = used.front();
  }
  if (command == &parser) {
    for (const Command& each : kCommands) known.emplace_back(each.name);
  }
  const std::vector<std::string_view> views{known.begin(), known.end()};
  for (const std::string& argument : parser.remaining(true)) {
    if (!argument.starts_with('-') && command != &parser) continue;
    const std::string name = argument.substr(0, argument.find('='));
    const auto near = nearest(name, views);
    return "unknown " + std::string{name.starts_with('-') ? "option " : "command "} + name +
           (near ? ", did you mean " + std::string{*near} + "?" : "");
  }
  return "an argument too many";
}

ExitCode usage(const Context& context, const CLI::App& parser, const std::string& text) {
  std::string command = "bbgrant";
  if (const auto used = parser.get_subcommands(); !used.empty()) {
    command += " " + used.front()->get_name();
  }
  context.output.talk("bbgrant: " + text + "\nSee " + command + " --help\n");
  return ExitCode::kUsage;
}

ExitCode run(int argc, char** argv, const Context& context) {
  CLI::App parser{"bbgrant: the resource owner password credentials grant, with its servers",
                  "bbgrant"};
  parser.set_version_flag("--version", std::string{"bbgrant "} + kVersion);
  parser.require_subcommand(0, 1);
  std::map<std::string, Run> runs;
  for (const Command& command : kCommands) {
    CLI::App* subcommand = parser.add_subcommand(command.name, command.summary);
    runs[command.name] = command.declare(*subcommand, context);
    const std::string before = subcommand->get_footer();
    subcommand->footer(before + (before.empty() ? "" : "\n\n") + "Example:\n  " + command.example);
  }
  try {
    parser.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto used = parser.get_subcommands();
    context.output.data(used.empty() ? parser.help() : used.front()->help("bbgrant"));
    return ExitCode::kDone;
  } catch (const CLI::CallForVersion& version) {
    context.output.data(std::string{version.what()} + "\n");
    return ExitCode::kDone;
  } catch (const CLI::ExtrasError&) {
    return usage(context, parser, unknown_argument(parser));
  } catch (const CLI::ParseError& error) {
    return usage(context, parser, error.what());
  }
  const auto used = parser.get_subcommands();
  if (used.empty()) {
    context.output.talk(parser.help());
    return ExitCode::kUsage;
  }
  return runs.at(used.front()->get_name())();
}

}  // namespace
}  // namespace bbgrant::cli

int main(int argc, char** argv) {
  using namespace bbgrant::cli;
  const Environment environment = process_environment();
  const Context context{environment, Output{environment}};
  if (!disable_core_dumps()) {
    context.output.talk("bbgrant: core dumps could not be switched off\n");
  }
  // A reader that went away is seen where the writing fails.
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(run(argc, argv, context));
  } catch (...) {
    return static_cast<int>(report_current_exception(context.output));
  }
}

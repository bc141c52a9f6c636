// SPDX-License-Identifier: MIT
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <bbgrant/version.hpp>

#include "cli/command_tree.hpp"
#include "cli/exit_code.hpp"
#include "cli/setting.hpp"

namespace bbgrant::cli {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\\')
      result += "\\e";
    else if (letter == '-')
      result += "\\-";
    else
      result += letter;
  }
  // A dot or a quote at the start of a line is a request.
  if (result.starts_with('.') || result.starts_with('\'')) result.insert(0, "\\&");
  return result;
}

std::string bold(std::string_view text) { return "\\fB" + escaped(text) + "\\fR"; }

// Indented lines are shown as they are.
std::string paragraphs(std::string_view text) {
  std::string result;
  bool shown_as_is = false;
  bool paragraph = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    paragraph = paragraph || line.empty();
    if (line.empty()) continue;
    const bool indented = line.starts_with("  ");
    if (shown_as_is && !indented) result += ".RE\n.fi\n";
    if (paragraph || indented != shown_as_is) result += ".PP\n";
    if (indented && !shown_as_is) result += ".nf\n.RS 4\n";
    shown_as_is = indented;
    paragraph = false;
    result += escaped(indented ? line.substr(2) : line) + "\n";
  }
  return result + (shown_as_is ? ".RE\n.fi\n" : "");
}

std::string options(const CLI::App& command) {
  std::string result;
  for (const ShownOption& option : shown_options(command)) {
    std::string names;
    for (const std::string& name : option.names) names += (names.empty() ? "" : ", ") + bold(name);
    if (!option.value.empty()) {
      names += (names.empty() ? "" : " ") + ("\\fI" + escaped(option.value) + "\\fR");
    }
    result += ".TP\n" + names + "\n" + escaped(option.help) + "\n";
  }
  return result;
}

}  // namespace

std::string man_page(const CLI::App& program) {
  std::string page = std::string{".TH BBGRANT 1 \"\" \"bbgrant "} + kVersion +
                     "\" \"User Commands\"\n.SH NAME\nbbgrant \\- " +
                     "OAuth 2.0 for Bitbucket on the command line, with a sandbox and a tour\n"
                     ".SH SYNOPSIS\n.B bbgrant\n.I command\n[\\fIoption\\fR ...]\n.SH COMMANDS\n";
  each_command(program, [&](const std::string& path, const CLI::App& command) {
    if (path.empty()) return;
    page += ".SS bbgrant " + escaped(path) + "\n" + escaped(command.get_description()) + ".\n";
    const auto more = paragraphs(command.get_footer());
    page += (more.empty() ? more : ".PP\n" + more) + options(command);
  });
  page += ".SH EXIT STATUS\n" + paragraphs(kExitCodesHelp) + ".SH ENVIRONMENT\n";
  for (const Setting& setting : settings()) {
    if (*setting.variable == '\0') continue;
    page += ".TP\n" + bold(setting.variable) + "\nAs " + bold(setting.key) +
            " in the settings, before which it goes.\n";
  }
  constexpr const char* kOwnVariables[][2] = {
      {"BBGRANT_ACCESS_TOKEN", "An access token; it goes before a stored login."},
      {"BBGRANT_REFRESH_TOKEN", "For token --grant refresh_token."},
      {"BBGRANT_USERNAME", "The resource owner, for the password grant."},
      {"BBGRANT_PASSWORD", "The password, for the password grant."},
      {"BROWSER", "The program that login opens the address with."},
      {"NO_COLOR", "No colour, whatever the terminal can do."},
  };
  for (const auto& [name, meaning] : kOwnVariables) {
    page += ".TP\n" + bold(name) + "\n" + escaped(meaning) + "\n";
  }
  page += ".SH FILES\n.TP\n" + bold("$XDG_CONFIG_HOME/bbgrant/config.json") +
          "\nSettings (~/.config/bbgrant/config.json).\n.TP\n" + bold("$XDG_STATE_HOME/bbgrant/") +
          "\nLogins, one file for each server and consumer (~/.local/state/bbgrant/).\n"
          ".SH SEE ALSO\n.BR git\\-credential (1),\n.BR gitcredentials (7),\n.BR jq (1)\n";
  return page;
}

}  // namespace bbgrant::cli

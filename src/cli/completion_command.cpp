// SPDX-License-Identifier: MIT
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/command_tree.hpp"
#include "cli/option.hpp"

namespace bbgrant::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// A text of the shell in single quotes; what stands inside is ours and has no control characters.
std::string quoted(std::string_view text, std::string_view quote_inside) {
  std::string result = "'";
  for (const char letter : text) {
    if (letter == '\'')
      result += quote_inside;
    else
      result += letter;
  }
  return result + "'";
}

// What bash and zsh share: cases on what stands before the word. `at` is the command's path.
struct Cases {
  std::string commands;  // "" then "token": patterns of what is a command where
  std::string values;    // what an option takes
  std::string words;     // what may stand otherwise
};

void add_option_case(const std::string& path, const ShownOption& option, const std::string& files,
                     Cases& cases) {
  if (option.value.empty()) return;
  std::string pattern;
  for (const std::string& name : option.names) {
    pattern.append(pattern.empty() ? "\"" : "|\"")
        .append(path)
        .append(" ")
        .append(name)
        .append("\"");
  }
  const std::string list = "list='" + joined(option.words()) + "'";
  cases.values += "    " + pattern + ") " + (option.takes_file() ? files : list) + " ;;\n";
}

Cases cases_of(const CLI::App& program, const std::string& files) {
  Cases cases;
  each_command(program, [&](const std::string& path, const CLI::App& command) {
    std::vector<std::string> words;
    std::vector<std::string> names;
    for (const CLI::App* below : command.get_subcommands({})) {
      words.push_back(below->get_name());
      cases.commands.append(cases.commands.empty() ? "\"" : "|\"").append(path);
      cases.commands.append(" ").append(below->get_name()).append("\"");
    }
    for (const ShownOption& option : shown_options(command)) {
      const std::vector<std::string> more =
          option.names.empty() ? option.words() : std::vector<std::string>{};
      words.insert(words.end(), more.begin(), more.end());
      names.insert(names.end(), option.names.begin(), option.names.end());
      if (!option.names.empty()) add_option_case(path, option, files, cases);
    }
    cases.words +=
        "      '" + path + "') list='" + joined(words) + "' options='" + joined(names) + "' ;;\n";
  });
  return cases;
}

std::string for_bash(const CLI::App& program) {
  const Cases cases =
      cases_of(program, R"(mapfile -t COMPREPLY < <(compgen -f -- "$word"); return)");
  return R"(# bbgrant completion for bash: source <(bbgrant completion bash)
_bbgrant() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at='' list='' options='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at ${COMP_WORDS[i]}" in
      )" +
         cases.commands + R"() at="${at:+$at }${COMP_WORDS[i]}" ;;
    esac
  done
  case "$at $before" in
)" + cases.values +
         R"(    *) case "$at" in
)" + cases.words +
         R"(    esac
    if [[ -z $list || $word == -* ]]; then list=$options; fi ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$list" -- "$word")
}
complete -o filenames -F _bbgrant bbgrant
)";
}

std::string for_zsh(const CLI::App& program) {
  const Cases cases = cases_of(program, "_files; return");
  return R"(#compdef bbgrant
# bbgrant completion for zsh: source <(bbgrant completion zsh), or a file _bbgrant in $fpath
_bbgrant() {
  local before=${words[CURRENT-1]} at='' list='' options='' i
  for ((i = 2; i < CURRENT; i++)); do
    case "$at ${words[i]}" in
      )" +
         cases.commands + R"() at="${at:+$at }${words[i]}" ;;
    esac
  done
  case "$at $before" in
)" + cases.values +
         R"(    *) case "$at" in
)" + cases.words +
         R"(    esac
    if [[ -z $list || ${words[CURRENT]} == -* ]]; then list=$options; fi ;;
  esac
  compadd -- ${=list}
}
if [[ ${funcstack[1]} == _bbgrant ]]; then _bbgrant "$@"; else compdef _bbgrant bbgrant; fi
)";
}

std::string fish_condition(const std::string& path) {
  if (path.empty()) return "__fish_use_subcommand";
  std::string when = "__fish_seen_subcommand_from ";
  for (const char letter : path) {
    when += letter == ' ' ? "; and __fish_seen_subcommand_from " : std::string(1, letter);
  }
  return when;
}

std::string fish_option(const ShownOption& option) {
  std::string line;
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty()) line += option.takes_file() ? " -r -F" : " -x";
  if (!option.words().empty()) line += " -a '" + joined(option.words()) + "'";
  return line + " -d " + quoted(option.help, "\\'") + "\n";
}

std::string for_fish(const CLI::App& program) {
  std::string script =
      "# bbgrant completion for fish: bbgrant completion fish | source\n"
      "complete -c bbgrant -f\n";
  each_command(program, [&](const std::string& path, const CLI::App& command) {
    const std::string start = "complete -c bbgrant -n '" + fish_condition(path) + "'";
    for (const CLI::App* below : command.get_subcommands({})) {
      script.append(start).append(" -a ").append(below->get_name()).append(" -d ");
      script.append(quoted(below->get_description(), "\\'")).append("\n");
    }
    for (const ShownOption& option : shown_options(command)) {
      const bool known = !option.names.empty() || !option.words().empty();
      if (known) script.append(start).append(fish_option(option));
    }
  });
  return script;
}

}  // namespace

Run declare_completion(CLI::App& parser, const Context& context) {
  const auto shell = std::make_shared<std::string>();
  add_choice(parser, "shell", *shell, "For which shell", {"bash", "zsh", "fish"})->required();
  parser.footer(
      "Prints a script that completes commands, options and their values. make install puts it "
      "where each shell looks.");
  return [shell, &parser, &context] {
    const CLI::App& program = *parser.get_parent();
    if (*shell == "bash") context.output.data(for_bash(program));
    if (*shell == "zsh") context.output.data(for_zsh(program));
    if (*shell == "fish") context.output.data(for_fish(program));
    return ExitCode::kDone;
  };
}

}  // namespace bbgrant::cli

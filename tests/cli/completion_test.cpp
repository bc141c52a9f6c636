// SPDX-License-Identifier: MIT
// The completion scripts in the shells that they are for; the manual page before a judge.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/child.hpp"

namespace bbgrant::cli::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Case {
  const char* name;
  /// The words so far; the last one is being typed.
  std::string line;
  std::string word;
  /// Everything offered, sorted.
  std::string offers;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> cases{
      {"Command", "bbgrant", "comp", "completion"},
      {"Option", "bbgrant token", "--out", "--output"},
      {"Value", "bbgrant token --output", "", "header json token"},
      {"ValueBehindOthers", "bbgrant token -v --grant", "cl", "client_credentials"},
      {"Positional", "bbgrant completion", "", "bash fish zsh"},
      {"FreeValue", "bbgrant token --username", "", ""},
  };
  return cases;
}

std::string words_of(std::string line, const std::string& word) { return line + " '" + word + "'"; }

// One line of the shell's output as sorted words.
std::string sorted(const std::string& text) {
  return run({.program = "sh",
              .arguments = {"-c",
                            "tr -s ' \\n' '\\n\\n' | grep -v '^-[a-z]$' | sort | paste -sd ' '"},
              .input = text})
      .out;
}

TEST(Completion, OfBashOffersWhatFits) {
  for (const Case& row : cases()) {
    const Ended ended =
        run({.program = "bash",
             .arguments = {"--norc", "-c",
                           "source <(" BBGRANT_PROGRAM " completion bash); COMP_WORDS=(" +
                               words_of(row.line, row.word) +
                               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _bbgrant; "
                               "echo \"${COMPREPLY[*]}\""}});
    EXPECT_EQ(ended.err, "") << row.name;
    EXPECT_EQ(sorted(ended.out), row.offers + "\n") << row.name;
  }
}

TEST(Completion, OfBashOffersFilesWhereOneIsTaken) {
  const TemporaryFolder folder;
  folder.write("my config.json", "{}");
  const Ended ended =
      run({.program = "bash",
           .arguments = {"--norc", "-c",
                         "source <(" BBGRANT_PROGRAM " completion bash); COMP_WORDS=(bbgrant token "
                         "--config my); COMP_CWORD=3; _bbgrant; echo \"${COMPREPLY[0]}\""},
           .folder = folder.path()});
  EXPECT_EQ(ended.out, "my config.json\n") << ended.err;
}

// compadd works inside of a completion only, so that it is told from outside what it was given.
TEST(Completion, OfZshOffersWhatFits) {
  for (const Case& row : cases()) {
    const Ended ended = run(
        {.program = "zsh",
         .arguments = {
             "-f", "-c",
             "compdef() { :; }; compadd() { shift; print -r -- \"$@\"; }; source <(" BBGRANT_PROGRAM
             " completion zsh); words=(" +
                 words_of(row.line, row.word) + "); CURRENT=${#words}; _bbgrant"}});
    EXPECT_EQ(ended.err, "") << row.name;
    // zsh itself leaves away what does not begin with the word.
    const std::string offered = " " + sorted(ended.out);
    const std::string first = row.offers.substr(0, row.offers.find(' '));
    EXPECT_THAT(offered, HasSubstr(" " + first)) << row.name;
    if (row.word.empty()) {
      EXPECT_EQ(offered, " " + row.offers + "\n") << row.name;
    }
  }
}

TEST(Completion, OfFishOffersWhatFits) {
  const TemporaryFolder home;
  for (const Case& row : cases()) {
    const Ended ended =
        run({.program = "fish",
             .arguments = {"--no-config", "-c",
                           BBGRANT_PROGRAM " completion fish | source; complete -C '" + row.line +
                               " " + row.word + "' | cut -f1"},
             .environment = {{"HOME", home.path().string()}, {"TERM", "dumb"}}});
    EXPECT_EQ(sorted(ended.out), row.offers + "\n") << row.name << ended.err;
  }
}

TEST(Completion, OfAnotherShellIsRefused) {
  const Ended ended = run({.arguments = {"completion", "tcsh"}});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("expected bash, zsh or fish"));
}

TEST(ManPage, NamesEveryCommandAndPleasesMandoc) {
  const TemporaryFolder folder;
  const Ended page = run({.arguments = {"help", "man-page"}});
  ASSERT_EQ(page.exit_code, 0);
  EXPECT_THAT(page.out, StartsWith(".TH BBGRANT 1 "));
  folder.write("bbgrant.1", page.out);
  const Ended lint =
      run({.program = "mandoc",
           .arguments = {"-T", "lint", "-W", "warning", (folder.path() / "bbgrant.1").string()}});
  // A page without a date is what a build that can be repeated makes.
  EXPECT_EQ(run({.program = "grep", .arguments = {"-v", "missing date"}, .input = lint.out}).out,
            "");
  const std::string shown =
      run({.program = "mandoc",
           .arguments = {"-T", "ascii", (folder.path() / "bbgrant.1").string()}})
          .out;
  for (const char* said : {"--password-stdin", "git -c credential.helper=", "could not reach",
                           "BBGRANT_CONSUMER_KEY"}) {
    // Bold letters are struck twice.
    EXPECT_THAT(run({.program = "sed", .arguments = {"s/.\x08//g"}, .input = shown}).out,
                HasSubstr(said));
  }
}

}  // namespace
}  // namespace bbgrant::cli::testing

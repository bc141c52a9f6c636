// SPDX-License-Identifier: MIT
// docs/cli.md shows what the program prints. BBGRANT_WRITE_DOCS=1 writes it anew.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/child.hpp"

namespace bbgrant::cli::testing {
namespace {

const std::filesystem::path kPage = std::filesystem::path{BBGRANT_SOURCE_DIR} / "docs/cli.md";

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// What differs from run to run is written as it might have been once.
std::string settled(std::string text, const std::string& port, const std::string& home) {
  const std::vector<std::pair<std::string, std::string>> rules{
      {home, "~"},
      {"(localhost[:_])" + port, "$017990"},
      {R"("http://localhost:[0-9]+"\})", "\"http://localhost:7990\"}"},
      {"[A-Za-z0-9_-]{40,}", "Zt3r...9xQ"},
      {"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "0a1f6f0e-2f52-4c57-8a39-7d1be1a6f1a1"},
      {R"([0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8})", "2031-01-31 12:00:00"},
      {R"(\w{3}, [0-9]{2} \w{3} [0-9]{4} [0-9:]{8} GMT)", "Fri, 31 Jan 2031 12:00:00 GMT"},
      {R"(for [0-9]+ (hours|minutes))", "for 2 hours"},
      {"[0-9]+ ms", "3 ms"},
      {R"(\b1[0-9]{9}\b)", "1927627200"},
      {R"(\{"time":.*\n)", ""},  // what is logged where nobody watches
      {R"((Content-Length|X-Request-Id|Request-Id): .*)", "$01: ..."},
  };
  for (const auto& [pattern, replacement] : rules) {
    text = std::regex_replace(text, std::regex{pattern}, replacement);
  }
  return text;
}

class Page {
 public:
  // Runs the commands of the page and gives it back as it should be.
  std::string made_anew() {
    bool in_console = false;
    std::string page;
    for (const std::string& line : lines_of(kPage)) {
      if (line.starts_with("```")) in_console = line == "```console";
      if (!in_console || line.starts_with("```")) {
        page += line + "\n";
      } else if (line.starts_with("$ ")) {
        page += line + "\n" + output_of(line.substr(2));
      }
    }
    return page;
  }

 private:
  std::string output_of(std::string command) const {
    const std::string port = sandbox_.origin().substr(sandbox_.origin().rfind(':') + 1);
    command = std::regex_replace(command, std::regex{"7990"}, port);
    const std::string folder = std::filesystem::path{BBGRANT_PROGRAM}.parent_path().string();
    const char* path = std::getenv("PATH");
    const Ended ended = run({.program = "bash",
                             .arguments = {"--norc", "-c",
                                           "export PATH=" + folder + ":" + (path ? path : "") +
                                               "; exec 2>&1; " + command},
                             .environment = {{"HOME", home_.path().string()},
                                             {"BBGRANT_SANDBOX_PORT", port},
                                             {"GIT_TERMINAL_PROMPT", "0"}},
                             .folder = home_.path()});
    return settled(ended.out, port, home_.path().string());
  }

  TemporaryFolder home_;
  RunningSandbox sandbox_;
};

TEST(Docs, ShowWhatTheProgramPrints) {
  const std::string page = Page{}.made_anew();
  if (std::getenv("BBGRANT_WRITE_DOCS") != nullptr) std::ofstream{kPage} << page;
  std::ifstream file{kPage};
  const std::string shown{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(page, shown) << "write docs/cli.md anew: BBGRANT_WRITE_DOCS=1 tests/cli_docs_test";
}

}  // namespace
}  // namespace bbgrant::cli::testing

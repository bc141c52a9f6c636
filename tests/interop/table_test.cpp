// SPDX-License-Identifier: MIT
// docs/interop.md says what was run: a row for each test of this program, no other rows, and the
// versions that package-lock.json pins.
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace bbgrant {
namespace {

std::ifstream opened(const std::string& file) {
  return std::ifstream{std::string{BBGRANT_SOURCE_DIR} + "/" + file};
}

TEST(InteropTable, HasARowForEachTestAndTheVersionThatRan) {
  std::set<std::string> ran;
  const auto& program = *::testing::UnitTest::GetInstance();
  for (int i = 0; i < program.total_test_suite_count(); ++i) {
    const auto& suite = *program.GetTestSuite(i);
    for (int test = 0; test < suite.total_test_count(); ++test)
      ran.insert(std::string{suite.name()} + "." + suite.GetTestInfo(test)->name());
  }
  ran.erase("InteropTable.HasARowForEachTestAndTheVersionThatRan");

  const auto lock = nlohmann::json::parse(opened("package-lock.json"));
  const std::regex row{R"(\| (\S+) (\S+) \| [^|]+ \| `(\w+\.\w+)` \|)"};
  std::set<std::string> told;
  auto table = opened("docs/interop.md");
  for (std::string line; std::getline(table, line);) {
    std::smatch found;
    if (!std::regex_match(line, found, row)) continue;
    told.insert(found[3]);
    EXPECT_EQ(lock.at("packages").at("node_modules/" + found[1].str()).at("version"),
              found[2].str())
        << line;
  }
  EXPECT_THAT(told, ::testing::ContainerEq(ran));
}

}  // namespace
}  // namespace bbgrant

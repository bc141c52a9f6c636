// SPDX-License-Identifier: MIT
#include "base/log.hpp"

#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/secret_format.hpp"

namespace bbgrant::base {
namespace {

class LogTest : public ::testing::Test {
 protected:
  [[nodiscard]] nlohmann::json last() const { return nlohmann::json::parse(lines.back()); }

  std::vector<std::string> lines;
  Log log{[this](std::string_view line) { lines.emplace_back(line); }};
};

TEST_F(LogTest, EventIsOneJsonLineWithTimeLevelAndFields) {
  log.event("something_happened",
            {{"user", "alice"}, {"count", 3}, {"ratio", 0.5}, {"good", true}});
  ASSERT_EQ(lines.size(), 1U);
  const auto line = last();
  EXPECT_EQ(line["event"], "something_happened");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["user"], "alice");
  EXPECT_EQ(line["count"], 3);
  EXPECT_EQ(line["ratio"], 0.5);
  EXPECT_EQ(line["good"], true);
  EXPECT_THAT(line["time"].get<std::string>(),
              ::testing::MatchesRegex("20..-..-..T..:..:..\\....Z"));
}

TEST_F(LogTest, LinesBelowTheLevelAreDropped) {
  log.set_level(LogLevel::kWarning);
  log.debug("a");
  log.event("b");
  EXPECT_TRUE(lines.empty());
  log.warning("c");
  log.error("d");
  EXPECT_EQ(lines.size(), 2U);
  EXPECT_EQ(last()["level"], "error");
}

using S97_LogForged = LogTest;

TEST_F(S97_LogForged, LineEndsAndEscapesInAValueStayInsideTheirLine) {
  const std::string hostile = "alice\r\n{\"event\":\"forged\"}\x1b[2J\x07 \xE2\x80\xAE";
  log.event("refused", {{"user", hostile}});
  ASSERT_EQ(lines.size(), 1U);
  for (const char byte : lines.back()) {
    EXPECT_GE(static_cast<unsigned char>(byte), 0x20);
    EXPECT_LT(static_cast<unsigned char>(byte), 0x7F);
  }
  EXPECT_EQ(last()["user"], hostile);
}

TEST_F(S97_LogForged, BytesThatAreNoUtf8AreReplaced) {
  log.event("refused", {{"user", "a\xFF\xC0\xAF"}});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(last()["user"].get<std::string>(), ::testing::StartsWith("a\xEF\xBF\xBD"));
}

TEST_F(S97_LogForged, ValuesAndLinesAreBounded) {
  log.event("long", {{"user", std::string(100'000, 'x')}});
  EXPECT_LT(last()["user"].get<std::string>().size(), 1100U);
  const std::string nul(1024, '\0');  // each byte becomes six
  log.event("long", {{"a", nul}, {"b", nul}, {"c", nul}});
  EXPECT_LE(lines.back().size(), 8U * 1024);
  EXPECT_EQ(last()["cut"], true);
  EXPECT_TRUE(last().contains("a"));
}

TEST(S97_LogSilent, FullDiskOrClosedStderrStopsNothing) {
  const int kept = ::dup(STDERR_FILENO);
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  Log log;
  ::dup2(full, STDERR_FILENO);
  log.event("to_a_full_disk");
  ::close(STDERR_FILENO);
  log.event("to_nowhere");
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  ::close(full);
}

TEST(S14_PasswordKept, SecretInAFormatStringPrintsStars) {
  EXPECT_EQ(fmt::format("password {}", Secret{std::string_view{"hunter2"}}), "password ***");
}

static_assert(!std::is_constructible_v<LogValue, const Secret&>);
static_assert(!std::is_constructible_v<LogValue, Secret>);

}  // namespace
}  // namespace bbgrant::base

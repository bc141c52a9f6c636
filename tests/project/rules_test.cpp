// SPDX-License-Identifier: MIT
// The project's own rules, held against the project; and each rule held against a file that breaks
// it, so that a rule which finds nothing is known to look.
#include "project/rules.hpp"

#include <filesystem>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bbgrant::project {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<SourceFile> sources() {
  auto files = files_below("src", {".cpp", ".hpp"});
  const auto headers = files_below("include", {".hpp"});
  files.insert(files.end(), headers.begin(), headers.end());
  return files;
}

SourceFile with(const std::string& path, const std::string& line) { return {path, {line}}; }

TEST(Rooms, IncludeOnlyWhatTheirTableAllows) {
  EXPECT_THAT(include_findings(sources()), IsEmpty());
}

TEST(Rooms, LinkOnlyWhatTheirTableAllows) {
  EXPECT_THAT(link_findings(files_below("src", {"CMakeLists.txt"})), IsEmpty());
}

TEST(Rooms, HaveAReadmeEach) {
  for (const auto& room : rooms()) {
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path{BBGRANT_SOURCE_DIR} / "src" / room /
                                        "README.md"))
        << "src/" << room << "/README.md: purpose, what may be included, where to start";
  }
}

TEST(Rooms, OfHttpKnowNoOAuth) {
  EXPECT_THAT(oauth_word_findings(files_below("src/http", {".cpp", ".hpp"})), IsEmpty());
}

TEST(Sources, NameAYearOnlyInProfilesTheSeedAndTheFlag) {
  EXPECT_THAT(year_findings(sources()), IsEmpty());
}

TEST(S72_UserIsTold, ReadmeSaysWhatStandsAgainstTheGrantOnce) {
  const std::string sentence =
      "This grant hands your password to the app. RFC 9700 says it must not be used, OAuth 2.1 "
      "leaves it out and Bitbucket Cloud has switched it off; use it to learn, to test, or to "
      "leave "
      "it.";
  int times = 0;
  for (const auto& line : read_file("README.md").lines) {
    if (line.find(sentence) != std::string::npos) ++times;
  }
  EXPECT_EQ(times, 1);
}

TEST(Sources, HaveAtMost500LinesAFile) { EXPECT_THAT(length_findings(sources(), 500), IsEmpty()); }

TEST(Sources, BeginWithTheLicenceTag) {
  auto files = sources();
  for (const auto* folder : {"tests", "examples", "bench", "fuzz"}) {
    const auto more = files_below(folder, {".cpp", ".hpp", ".mjs"});
    files.insert(files.end(), more.begin(), more.end());
  }
  EXPECT_THAT(licence_findings(files), IsEmpty());
}

TEST(Sources, OfThePublicLibraryAreReadInAnHour) {
  const auto headers = files_below("include", {".hpp"});
  const auto lines =
      std::accumulate(headers.begin(), headers.end(), std::size_t{0},
                      [](auto sum, const auto& file) { return sum + file.lines.size(); });
  EXPECT_LE(lines, 1500U);
}

struct Breach {
  const char* name;
  const char* path;
  const char* line;
  const char* finding;
};

void PrintTo(const Breach& breach, std::ostream* out) { *out << breach.name; }

class IncludeRule : public ::testing::TestWithParam<Breach> {};

TEST_P(IncludeRule, FindsABreach) {
  const auto& [name, path, line, finding] = GetParam();
  EXPECT_THAT(include_findings({with(path, line)}), ElementsAre(HasSubstr(finding))) << name;
}

INSTANTIATE_TEST_SUITE_P(
    Table, IncludeRule,
    ::testing::Values(Breach{"ClientOnServerRoom", "src/client/session.cpp",
                             "#include \"http/server.hpp\"",
                             "src/client/session.cpp:1: client must not include http/server.hpp"},
                      Breach{"PublicHeaderOnBase", "include/bbgrant/token.hpp",
                             "#include \"base/clock.hpp\"",
                             "client must not include base/clock.hpp"},
                      Breach{"ClientOnForeignLibrary", "src/client/session.cpp",
                             "#include <boost/asio.hpp>", "client must not include boost/asio.hpp"},
                      Breach{"ServerOnPublicLibrary", "src/authorization/grants.cpp",
                             "#include <bbgrant/client.hpp>",
                             "authorization must not include bbgrant/client.hpp"},
                      Breach{"ServersOnEachOther", "src/resource/user.cpp",
                             "#include \"authorization/grants.hpp\"",
                             "resource must not include authorization/grants.hpp"},
                      Breach{"AppOnStore", "src/app/app.cpp", "#include \"store/store.hpp\"",
                             "app must not include store/store.hpp"},
                      Breach{"BaseOnAnyRoom", "src/base/log.cpp", "#include \"http/router.hpp\"",
                             "base must not include http/router.hpp"},
                      Breach{"BeastOutsideHttp", "src/app/app.cpp",
                             "#include <boost/beast/http.hpp>", "only http includes Beast"},
                      Breach{"HeaderWithoutRoom", "src/http/server.cpp", "#include \"server.hpp\"",
                             "is not named by its room"}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(IncludeRule, LetsARoomUseItselfItsTableAndTheSecret) {
  EXPECT_THAT(include_findings({with("src/http/server.cpp", "#include \"http/server.hpp\""),
                                with("src/http/server.cpp", "#include \"base/clock.hpp\""),
                                with("src/http/server.cpp", "#include <boost/beast/http.hpp>"),
                                with("src/store/store.hpp", "#include \"bbgrant/secret.hpp\""),
                                with("src/client/http.cpp", "#include <curl/curl.h>"),
                                with("src/app/app.cpp", "#include <bbgrant/client.hpp>")}),
              IsEmpty());
}

TEST(LinkRule, FindsABreach) {
  EXPECT_THAT(link_findings({with("src/app/CMakeLists.txt", "LINKS bbgrant_http bbgrant_store"),
                             with("src/sandbox/CMakeLists.txt", "LINKS bbgrant_client"),
                             with("src/app/CMakeLists.txt", "LINKS bbgrant::client bbgrant_base")}),
              ElementsAre(HasSubstr("app must not link bbgrant_store"),
                          HasSubstr("sandbox must not link bbgrant_client")));
}

TEST(OAuthWordRule, FindsWholeWordsOnly) {
  EXPECT_THAT(oauth_word_findings({with("src/http/a.cpp", "// the access token of"),
                                   with("src/http/a.cpp", "auto Scope = 1;"),
                                   with("src/http/a.cpp", "std::scoped_lock lock; token_list"),
                                   with("src/pages/a.cpp", "// a grant")}),
              ElementsAre(HasSubstr("\"token\""), HasSubstr("\"Scope\"")));
}

TEST(YearRule, FindsAYearInCode) {
  EXPECT_THAT(year_findings({with("src/authorization/grants.cpp", "if (profile == \"2026\")"),
                             with("src/authorization/profile.cpp", "{\"2026\", {}}"),
                             with("src/sandbox/seed.cpp", "\"2019-01-01\""),
                             with("src/sandbox/options.hpp", "std::string compat = \"2019\";"),
                             with("src/cli/config.cpp", "json[\"consumer2026\"]")}),
              ElementsAre(HasSubstr("src/authorization/grants.cpp:1")));
}

TEST(LengthRule, CountsLines) {
  const SourceFile long_file{"src/a/b.cpp", std::vector<std::string>(501)};
  const SourceFile file{"src/a/c.cpp", std::vector<std::string>(500)};
  EXPECT_THAT(length_findings({long_file, file}, 500), ElementsAre("src/a/b.cpp has 501 lines"));
}

TEST(LicenceRule, FindsAMissingTag) {
  EXPECT_THAT(licence_findings({with("src/a/b.cpp", "#pragma once")}),
              ElementsAre(HasSubstr("src/a/b.cpp")));
}

}  // namespace
}  // namespace bbgrant::project

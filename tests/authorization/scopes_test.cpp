// SPDX-License-Identifier: MIT
#include "authorization/scopes.hpp"

#include <string>

#include <gtest/gtest.h>

namespace bbgrant::authorization {
namespace {

struct Case {
  const char* what;
  std::string parameter;
  std::string names;
  bool malformed;
};

TEST(S12_Scopes, AreReadByTheGrammarOfTheStandard) {
  const Case cases[] = {
      {"one", "account", "account", false},
      {"any order, sorted", "repository account", "account repository", false},
      {"doubled, leading and trailing blanks", "  account   email ", "account email", false},
      {"the same twice", "account account", "account", false},
      {"nothing", "", "", false},
      {"a quote", "account e\"mail", "account", true},
      {"a backslash", "a\\b account", "account", true},
      {"a tab between names", "account\temail", "", true},
      {"non-ASCII", "accounté", "", true},
      {"a control byte", std::string{"a\x01"}, "", true},
      {"1,024 bytes", std::string(1024, 'x'), std::string(1024, 'x'), false},
      {"1,025 bytes", std::string(1025, 'x'), "", true},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    const auto asked = parse_scopes(one.parameter);
    EXPECT_EQ(to_string(asked.names), one.names);
    EXPECT_EQ(asked.malformed, one.malformed);
  }
}

TEST(Scopes, ImplyOnlyWhatBitbucketStates) {
  EXPECT_EQ(with_implied({"pullrequest:write"}),
            (ScopeSet{"pullrequest", "pullrequest:write", "repository", "repository:write"}));
  EXPECT_EQ(with_implied({"project"}), (ScopeSet{"project", "repository"}));
  EXPECT_EQ(with_implied({"repository:admin"}), ScopeSet{"repository:admin"});
  EXPECT_EQ(with_implied({"account"}), ScopeSet{"account"});
}

TEST(S12_Scopes, AreCoveredByPermissionsAndWhatTheyImply) {
  EXPECT_EQ(covered_by({"repository", "email"}, {"repository:write"}), ScopeSet{"repository"});
  EXPECT_EQ(covered_by({"account"}, {"repository"}), ScopeSet{});
}

TEST(Scopes, HaveNoOpenId) { EXPECT_FALSE(all_scopes().contains("openid")); }

}  // namespace
}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include "app/scope_words.hpp"

#include <gtest/gtest.h>

namespace bbgrant::app {
namespace {

TEST(ScopeWords, OnlyStatedImplicationsHold) {
  EXPECT_TRUE(scope_covers("account", "account"));
  EXPECT_TRUE(scope_covers("pullrequest", "repository"));
  EXPECT_TRUE(scope_covers("pullrequest:write", "repository"));
  EXPECT_FALSE(scope_covers("email", "account"));
  EXPECT_FALSE(scope_covers("account", "email"));
  EXPECT_FALSE(scope_covers("repository:admin", "repository"));
  EXPECT_FALSE(scope_covers("project:admin", "repository"));
}

TEST(ScopeWords, UnknownScopeIsSaidToBeUnknown) {
  EXPECT_EQ(meaning_of_scope("odd"), "A scope that this page does not know");
}

}  // namespace
}  // namespace bbgrant::app

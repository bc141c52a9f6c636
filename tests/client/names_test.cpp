// SPDX-License-Identifier: MIT
#include <type_traits>

#include <bbgrant/error.hpp>
#include <bbgrant/names.hpp>
#include <bbgrant/server.hpp>
#include <gtest/gtest.h>

namespace bbgrant {
namespace {

TEST(Scopes, KeepTheOrderInWhichTheyWereNamed) {
  EXPECT_EQ((Scopes{"repository:write", "account", "repository:write"}).text(),
            "repository:write account");
}

TEST(Scopes, AreEqualInAnyOrder) {
  EXPECT_EQ(Scopes::parse("a b"), Scopes::parse(" b  a "));
  EXPECT_FALSE(Scopes::parse("a b") == Scopes::parse("a"));
}

TEST(Scopes, RefuseCharactersThatRfc6749DoesNotAllow) {
  for (const char* text : {"a\"b", "a\\b", "a\tb", "a\nb", "\x7f", "sch\xc3\xb6n"})
    EXPECT_THROW(static_cast<void>(Scopes::parse(text)), ConfigError) << text;
  EXPECT_THROW(static_cast<void>(Scopes{"two words"}), ConfigError);
  EXPECT_THROW(static_cast<void>(Scopes{""}), ConfigError);
}

TEST(Scopes, AreReadFromBitbucketsHeaderWithCommas) {
  EXPECT_EQ(Scopes::read("account, repository:write,email"),
            (Scopes{"account", "repository:write", "email"}));
  EXPECT_TRUE(Scopes::read("  ").empty());
}

static_assert(!std::is_convertible_v<ConsumerKey, Username>);
static_assert(!std::is_convertible_v<std::string, Username>);

TEST(ServerPresets, SandboxDropsTheSlashAtTheEnd) {
  EXPECT_EQ(Server::sandbox("http://localhost:1/").token_url,
            "http://localhost:1/site/oauth2/access_token");
}

TEST(ServerPresets, BitbucketHasNoRevocationEndpoint) {
  EXPECT_TRUE(Server::bitbucket().revoke_url.empty());
  EXPECT_FALSE(Server::bitbucket().password_grant_ended.empty());
}

}  // namespace
}  // namespace bbgrant

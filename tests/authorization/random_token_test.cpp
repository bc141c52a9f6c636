// SPDX-License-Identifier: MIT
#include "authorization/random_token.hpp"

#include <set>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace bbgrant::authorization {
namespace {

TEST(S13_RandomToken, HasAtLeast256BitsAndNeverRepeats) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const Secret token = random_token();
    EXPECT_EQ(token.size(), 43U);  // 32 bytes in base64url
    EXPECT_EQ(
        token.reveal().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-_"),
        std::string_view::npos);
    EXPECT_TRUE(seen.emplace(token.reveal()).second);
  }
  EXPECT_THROW((void)random_token(31), std::invalid_argument);
}

TEST(RandomToken, IsAsLongAsAsked) { EXPECT_EQ(random_token(72).size(), 96U); }

TEST(HashOf, IsSha256) {
  EXPECT_EQ(hash_prefix(hash_of("abc")), "ba7816bf");  // FIPS 180-2, appendix B.1
  EXPECT_TRUE(same_hash(hash_of("a"), hash_of("a")));
  EXPECT_FALSE(same_hash(hash_of("a"), hash_of("b")));
}

}  // namespace
}  // namespace bbgrant::authorization

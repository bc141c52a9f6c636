// SPDX-License-Identifier: MIT
#include "client/challenge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bbgrant::detail {
namespace {

struct ChallengeCase {
  const char* name;
  const char* value;
  std::vector<Challenge> expected;
};

class S82_WwwAuthenticate : public ::testing::TestWithParam<ChallengeCase> {};

TEST_P(S82_WwwAuthenticate, IsReadAs) {
  EXPECT_THAT(parse_challenges(GetParam().value), ::testing::ContainerEq(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Table, S82_WwwAuthenticate,
    ::testing::Values(
        ChallengeCase{"empty", "", {}},
        ChallengeCase{"scheme_alone", "Bearer", {{"Bearer", "", {}}}},
        ChallengeCase{"parameters",
                      R"(Bearer realm="r", error="invalid_token")",
                      {{"Bearer", "", {{"realm", "r"}, {"error", "invalid_token"}}}}},
        ChallengeCase{
            "several_challenges",
            R"(Basic realm="a", Bearer realm="b", scope="x y")",
            {{"Basic", "", {{"realm", "a"}}}, {"Bearer", "", {{"realm", "b"}, {"scope", "x y"}}}}},
        ChallengeCase{"comma_in_quotes",
                      R"(Bearer error_description="no, not this", error=x)",
                      {{"Bearer", "", {{"error_description", "no, not this"}, {"error", "x"}}}}},
        ChallengeCase{"escaped_quote",
                      R"(Basic realm="a \"b\" \\")",
                      {{"Basic", "", {{"realm", R"(a "b" \)"}}}}},
        ChallengeCase{"unknown_scheme_with_token68",
                      "Negotiate YWJj==, Bearer realm=x",
                      {{"Negotiate", "YWJj==", {}}, {"Bearer", "", {{"realm", "x"}}}}},
        ChallengeCase{"blanks_around_equals",
                      R"(Bearer realm = "r" , error = x)",
                      {{"Bearer", "", {{"realm", "r"}, {"error", "x"}}}}},
        ChallengeCase{"name_in_capitals", "Bearer REALM=x", {{"Bearer", "", {{"realm", "x"}}}}},
        ChallengeCase{
            "empty_list_items", ", ,Bearer,, Basic", {{"Bearer", "", {}}, {"Basic", "", {}}}},
        ChallengeCase{"quote_never_closed", R"(Bearer realm="r)", {{"Bearer", "", {}}}},
        ChallengeCase{"not_a_token", "\"x\"", {}}),
    [](const auto& test) { return test.param.name; });

TEST(S82_WwwAuthenticateFor, ParameterIsFoundInAnyCase) {
  const auto challenges = parse_challenges(R"(Bearer Scope="a b")");
  ASSERT_EQ(challenges.size(), 1U);
  EXPECT_EQ(challenges[0].parameter("SCOPE"), "a b");
  EXPECT_FALSE(challenges[0].parameter("realm"));
}

}  // namespace
}  // namespace bbgrant::detail

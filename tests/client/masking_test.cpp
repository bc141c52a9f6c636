// SPDX-License-Identifier: MIT
#include "client/masking.hpp"

#include <gtest/gtest.h>

#include "client/form.hpp"

namespace bbgrant::detail {
namespace {

Secret secret(std::string_view text) { return Secret{text}; }

HttpRequest request_with(WireKind kind, std::string_view value) {
  HttpRequest request;
  std::vector<FormField> fields;
  fields.push_back(FormField::hidden("field", kind, secret(value)));
  request.body = encoded_form(fields);
  return request;
}

TEST(S14_EchoedPassword, HidesTheWholeTextInEverySpelling) {
  const KnownSecrets known{request_with(WireKind::kPassword, "p\"w \xc3\xb6")};
  for (const char* echo : {"you sent p\"w \xc3\xb6!", "password=p%22w%20%C3%B6&x",
                           R"({"e":"p\"w ö"})", R"({"e":"p\"w \u00f6"})"}) {
    const auto hidden = known.hide(echo);
    ASSERT_EQ(hidden.size(), 1U) << echo;
    EXPECT_EQ(hidden[0].kind, WireKind::kPassword) << echo;
    EXPECT_TRUE(hidden[0].secret.empty()) << echo;
  }
  EXPECT_EQ(known.mask("nothing here"), "nothing here");
}

TEST(S41_EchoedSecret, IsCutOut) {
  const KnownSecrets known{request_with(WireKind::kRefreshToken, "R/T")};
  EXPECT_EQ(known.mask("bad token R/T, was R%2FT"), "bad token ***, was ***");
}

TEST(S41_EchoedSecret, IsFoundInsideBasicCredentials) {
  HttpRequest request;
  request.headers.push_back(
      {"Authorization", basic_credentials(ConsumerKey{"key"}, secret("s3cr/t"))});
  const KnownSecrets known{request};
  EXPECT_EQ(known.mask("no such client: key, s3cr/t"), "no such client: key, ***");
}

TEST(S41_TokenAnswer, IsHiddenWholeWhenATokenIsSpelledOddly) {
  const std::string body = R"({"access_token":"\u0041T","n":1})";
  const auto parts = hide_token_answer(body, {});
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].kind, WireKind::kOther);
  EXPECT_EQ(revealed(parts).reveal(), body);
}

TEST(S41_TokenAnswer, KnowsHowPhpWritesASlash) {
  EXPECT_EQ(masked(hide_token_answer(R"({"access_token":"A\/T","x":"y"})", {})),
            R"({"access_token":"***","x":"y"})");
}

TEST(S41_TokenAnswer, AShortTokenLeavesTheRestReadable) {
  EXPECT_EQ(masked(hide_token_answer(R"({"access_token":"e","token_type":"bearer"})", {})),
            R"({"access_token":"***","token_type":"bearer"})");
}

TEST(S41_TokenAnswer, HasAPartForEachToken) {
  const std::string body = R"({ "access_token" : "A-T", "n":[1, 2.50], "refresh_token":"R T" })";
  const auto parts = hide_token_answer(body, {});
  ASSERT_EQ(parts.size(), 5U);
  EXPECT_EQ(parts[1].kind, WireKind::kAccessToken);
  EXPECT_EQ(parts[3].kind, WireKind::kRefreshToken);
  EXPECT_EQ(revealed(parts).reveal(), body);
  EXPECT_EQ(masked(parts), R"({ "access_token" : "***", "n":[1, 2.50], "refresh_token":"***" })");
}

TEST(S41_TokenAnswer, ATokenThatIsAlsoAnOrdinaryWordStaysHidden) {
  EXPECT_EQ(masked(hide_token_answer(R"({"access_token":"bearer","token_type":"bearer"})", {})),
            R"({"access_token":"***","token_type":"***"})");
}

TEST(S41_TokenAnswer, TokensBelowTheTopAreHiddenToo) {
  EXPECT_EQ(masked(hide_token_answer(R"({"data":[{"access_token":"AT"}]})", {})),
            R"({"data":[{"access_token":"***"}]})");
}

TEST(S41_TokenAnswer, AnErrorPageStaysReadable) {
  EXPECT_EQ(masked(hide_token_answer("<h1>Bad gateway</h1>", {})), "<h1>Bad gateway</h1>");
}

TEST(Excerpt, IsBounded) { EXPECT_EQ(excerpt(std::string(1 << 20, 'x')).size(), 64U << 10U); }

}  // namespace
}  // namespace bbgrant::detail

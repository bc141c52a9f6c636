// SPDX-License-Identifier: MIT
#include "client/form.hpp"

#include <bbgrant/error.hpp>
#include <gtest/gtest.h>

namespace bbgrant::detail {
namespace {

TEST(Form, EncodesEverythingThatIsNotUnreserved) {
  EXPECT_EQ(percent_encoded("aZ09-._~").reveal(), "aZ09-._~");
  EXPECT_EQ(percent_encoded("a b+c&d=e%/\xc3\xb6").reveal(), "a%20b%2Bc%26d%3De%25%2F%C3%B6");
  EXPECT_TRUE(percent_encoded("").empty());
  EXPECT_EQ(percent_encoded(std::string_view{"\0", 1}).reveal(), "%00");
}

TEST(Form, DecodesWhatItEncodes) {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  EXPECT_EQ(percent_decoded(percent_encoded(bytes).reveal()).reveal(), bytes);
  EXPECT_EQ(percent_decoded("a+b%").reveal(), "a b%");
}

TEST(Form, KeepsSecretsApart) {
  std::vector<FormField> fields;
  fields.push_back(FormField::plain("username", "al ice"));
  fields.push_back(
      FormField::hidden("password", WireKind::kPassword, Secret{std::string_view{"p&w"}}));
  fields.push_back(FormField::plain("scope", "a b"));
  const auto body = encoded_form(fields);
  EXPECT_EQ(masked(body), "username=al%20ice&password=***&scope=a%20b");
  ASSERT_EQ(body.size(), 3U);
  EXPECT_EQ(body[1].secret.reveal(), "p%26w");
}

// RFC 6749 section 2.3.1: form-encoded first, then Base64.
TEST(Form, BasicCredentialsAreFormEncodedFirst) {
  const auto value = basic_credentials(ConsumerKey{"k:1"}, Secret{std::string_view{"s %"}});
  EXPECT_EQ(masked(value), "Basic ***");
  EXPECT_EQ(base64_decoded(value.back().secret.reveal()).reveal(), "k%3A1:s%20%25");
}

TEST(Form, Base64AgreesWithRfc4648) {
  EXPECT_EQ(base64("").reveal(), "");
  EXPECT_EQ(base64("f").reveal(), "Zg==");
  EXPECT_EQ(base64("fo").reveal(), "Zm8=");
  EXPECT_EQ(base64("foobar").reveal(), "Zm9vYmFy");
  EXPECT_EQ(base64_decoded("Zm8=").reveal(), "fo");
  EXPECT_TRUE(base64_decoded("Zm8").empty());
  EXPECT_TRUE(base64_decoded("****").empty());
}

TEST(S86_Values, LineEndsAndZeroBytesAreRefused) {
  using namespace std::string_view_literals;
  for (const auto bad : {"a\r"sv, "a\nb"sv, "a\0b"sv})
    EXPECT_THROW(require_one_line(bad, "The value"), ConfigError);
  EXPECT_NO_THROW(require_one_line("plain", "The value"));
}

}  // namespace
}  // namespace bbgrant::detail

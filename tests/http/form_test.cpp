// SPDX-License-Identifier: MIT
#include "http/form.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace bbgrant::http {
namespace {

Form parsed(std::string_view text) {
  auto result = parse_form(text);
  EXPECT_TRUE(std::holds_alternative<Form>(result)) << text;
  return std::get<Form>(std::move(result));
}

TEST(Form, ParametersAreDecodedAndKeepTheirOrder) {
  const Form form = parsed("a=1&b=x%20y+z&c=&d&=e&%C3%A9=%F0%9F%94%91&&f=a=b");
  EXPECT_EQ(form.get("a"), "1");
  EXPECT_EQ(form.get("b"), "x y z");
  EXPECT_EQ(form.get("c"), "");
  EXPECT_EQ(form.get("d"), "");
  EXPECT_EQ(form.get(""), "e");
  EXPECT_EQ(form.get("\xC3\xA9"), "\xF0\x9F\x94\x91");
  EXPECT_EQ(form.get("f"), "a=b");
  EXPECT_FALSE(form.get("g"));
  EXPECT_EQ(form.size(), 7U);
  EXPECT_TRUE(parsed("").empty());
}

TEST(S4_ParameterRepeated, FirstRepeatedNameIsFoundAlsoWithEqualValues) {
  EXPECT_EQ(parsed("a=1&b=2&b=2&a=1").repeated(), "b");
  EXPECT_EQ(parsed("a=1&%61=2").repeated(), "a");
  EXPECT_TRUE(parsed("a&a").has_repeated());
  EXPECT_FALSE(parsed("a=1&A=1").has_repeated());
  EXPECT_TRUE(parsed("a=1&a=2").is_repeated("a"));
  EXPECT_FALSE(parsed("a=1&a=2").is_repeated("b"));
}

TEST(S15_Oversize, MalformedFormsAreRefusedWithTheirReason) {
  struct Case {
    std::string text;
    FormFault fault;
  };
  std::string many = "p=1";
  for (int i = 0; i < 50; ++i) many += "&p=1";
  for (const auto& [text, fault] : std::vector<Case>{{"a=%", FormFault::kBadPercentCode},
                                                     {"a=%4", FormFault::kBadPercentCode},
                                                     {"a=%zz", FormFault::kBadPercentCode},
                                                     {"%g0=a", FormFault::kBadPercentCode},
                                                     {"a=%00", FormFault::kNul},
                                                     {std::string{"a=b\0c", 5}, FormFault::kNul},
                                                     {"a=%FF", FormFault::kBadUtf8},
                                                     {"a=\xFF", FormFault::kBadUtf8},
                                                     {"a=%C0%AF", FormFault::kBadUtf8},
                                                     {"a=%E0%80%AF", FormFault::kBadUtf8},
                                                     {"a=%ED%A0%80", FormFault::kBadUtf8},
                                                     {"a=%F4%90%80%80", FormFault::kBadUtf8},
                                                     {"a=%C3", FormFault::kBadUtf8},
                                                     {"%FF=a", FormFault::kBadUtf8},
                                                     {many, FormFault::kTooManyParameters}}) {
    const auto result = parse_form(text);
    ASSERT_TRUE(std::holds_alternative<FormFault>(result)) << text;
    EXPECT_EQ(std::get<FormFault>(result), fault) << text;
  }
  const std::string fifty = many.substr(4);
  EXPECT_EQ(parsed(fifty).size(), 50U);
  EXPECT_EQ(parsed(fifty + "&&&").size(), 50U);
}

TEST(S69_PasswordAltered, EveryByteOfAPasswordArrivesAsItWasTyped) {
  for (const std::string& password :
       {std::string{"+ &=%:"}, std::string{"  both ends  "}, std::string{"{\"'<>^`|}\\[]"},
        std::string{"\xF0\x9F\x94\x91 e\xCC\x81"}, std::string{"\t\r\n"}, std::string(1024, 'x')}) {
    const Form form = parsed(encode_query({{"password", password}}));
    EXPECT_EQ(form.get("password"), password);
  }
  // As curl -d sends it: not encoded at all.
  EXPECT_EQ(parsed("password={\"^|\\}`<>").get("password"), "{\"^|\\}`<>");
}

TEST(S14_PasswordKept, SecretLeavesTheFormAndIsWipedThere) {
  for (const std::string password : {"a", "a-password-of-more-than-sixteen-bytes"}) {
    Form form = parsed("x=1&password=" + password);
    const std::string_view inside = *form.get("password");
    const Secret secret = form.take_secret("password");
    EXPECT_EQ(secret.reveal(), password);
    EXPECT_EQ(std::string(inside.data(), password.size()), std::string(password.size(), '\0'));
    EXPECT_EQ(form.get("password"), "");
    EXPECT_TRUE(form.take_secret("none").empty());
  }
}

TEST(Encoding, OnlyUnreservedCharactersStandForThemselves) {
  EXPECT_EQ(encode_query({{"a b", "c&d=e+f"}, {"g", ""}}), "a%20b=c%26d%3De%2Bf&g=");
  EXPECT_EQ(encode_segment("feature/one {x}-._~"), "feature%2Fone%20%7Bx%7D-._~");
  EXPECT_EQ(std::get<std::string>(decode_form_value("a%3Ab+c")), "a:b c");
}

}  // namespace
}  // namespace bbgrant::http

// SPDX-License-Identifier: MIT
#include <limits>

#include <bbgrant/error.hpp>
#include <bbgrant/token.hpp>
#include <gtest/gtest.h>

namespace bbgrant {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::sys_seconds kNow{1'000'000s};

Token judge(std::string_view body, int status = 200) {
  return judge_token_response(status, {}, body, kNow, "https://example.com/token");
}

std::string token_with(const std::string& member) {
  return R"({"access_token":"AT","token_type":"bearer",)" + member + "}";
}

TEST(TokenResponse, ReadsWhatBitbucketSendsBefore2026) {
  const auto token = judge(
      R"({"scopes": "webhook pullrequest:write", "access_token": "AT", "expires_in": 7200,
          "token_type": "bearer", "state": "client_credentials", "refresh_token": "RT"})");
  EXPECT_EQ(token.access_token.reveal(), "AT");
  EXPECT_EQ(token.refresh_token->reveal(), "RT");
  EXPECT_EQ(token.scopes, (Scopes{"webhook", "pullrequest:write"}));
  EXPECT_EQ(token.expires_in, 7200s);
  EXPECT_EQ(token.issued_at, kNow);
  EXPECT_EQ(token.expires_at(), kNow + 7200s);
  EXPECT_EQ(token.other_members, R"({"state":"client_credentials"})");
}

TEST(TokenResponse, ReadsTheStandardsScopeFirst) {
  EXPECT_EQ(judge(token_with(R"("scope":"a","scopes":"b")")).scopes, Scopes{"a"});
  EXPECT_EQ(judge(token_with(R"("scope":"")")).scopes, Scopes{});
  EXPECT_FALSE(judge(token_with(R"("x":1)")).scopes);
}

TEST(TokenResponse, KeepsTheAnswerAsItCameAndMasked) {
  const std::string body = token_with("\n\"refresh_token\" : \"RT\" , \"id_token\":\"IT\"");
  const auto token = judge(body);
  EXPECT_EQ(token.answer.reveal(), body);
  EXPECT_EQ(token.masked_answer,
            "{\"access_token\":\"***\",\"token_type\":\"bearer\",\n\"refresh_token\" : \"***\" , "
            "\"id_token\":\"***\"}");
  EXPECT_EQ(token.other_members, R"({"id_token":"***"})");
}

TEST(TokenResponse, TakesTokensOfAnyLength) {
  const std::string access(900'000, 'a');
  EXPECT_EQ(
      judge(R"({"token_type":"Bearer","access_token":")" + access + "\"}").access_token.reveal(),
      access);
}

TEST(TokenResponse, CopyIsWhole) {
  const auto token = judge(token_with(R"("refresh_token":"RT","expires_in":5,"scope":"a","x":1)"));
  const auto copy = token.copy();
  EXPECT_EQ(copy.access_token.reveal(), "AT");
  EXPECT_EQ(copy.refresh_token->reveal(), "RT");
  EXPECT_EQ(copy.expires_in, 5s);
  EXPECT_EQ(copy.scopes, Scopes{"a"});
  EXPECT_EQ(copy.other_members, token.other_members);
  EXPECT_EQ(copy.masked_answer, token.masked_answer);
}

// --- S43 ----------------------------------------------------------------------------------------

struct LifetimeCase {
  const char* name;
  const char* value;
  std::optional<std::chrono::seconds> expected;
};

class S43_ExpiresIn : public ::testing::TestWithParam<LifetimeCase> {};

TEST_P(S43_ExpiresIn, IsReadAs) {
  const auto token = judge(token_with(std::string{R"("expires_in":)"} + GetParam().value));
  EXPECT_EQ(token.expires_in, GetParam().expected);
}

constexpr std::chrono::seconds kMost{std::numeric_limits<std::int32_t>::max()};
INSTANTIATE_TEST_SUITE_P(
    Table, S43_ExpiresIn,
    ::testing::Values(
        LifetimeCase{"plain", "7200", 7200s}, LifetimeCase{"zero", "0", 0s},
        LifetimeCase{"negative", "-1", 0s},
        LifetimeCase{"most_negative", "-9223372036854775808", 0s},
        LifetimeCase{"null", "null", std::nullopt}, LifetimeCase{"over_2_31", "2147483648", kMost},
        LifetimeCase{"over_2_63", "9223372036854775808", kMost},
        LifetimeCase{"over_2_64", "18446744073709551616", kMost},
        LifetimeCase{"huge_exponent", "1e300", kMost}, LifetimeCase{"fraction", "3599.9", 3599s},
        LifetimeCase{"string", R"("3600")", 3600s}, LifetimeCase{"negative_string", R"("-5")", 0s},
        LifetimeCase{"huge_string", R"("99999999999999999999999999")", kMost}),
    [](const auto& test) { return test.param.name; });

TEST(S43_ExpiresInOf, AnOtherTypeIsATypedError) {
  for (const char* value : {"true", "[]", "{}", R"("")", R"("-")", R"("soon")", R"("3600s")",
                            R"(" 3600")", R"("1e3")", R"("3600.5")"})
    EXPECT_THROW(static_cast<void>(judge(token_with(std::string{R"("expires_in":)"} + value))),
                 ProtocolError)
        << value;
  // A number that no double holds is no JSON for us either.
  EXPECT_THROW(static_cast<void>(judge(token_with(R"("expires_in":1e999)"))), ProtocolError);
}

TEST(S43_Expired, TenSecondsEarly) {
  const auto token = judge(token_with(R"("expires_in":100)"));
  EXPECT_FALSE(token.expired(kNow + 89s));
  EXPECT_TRUE(token.expired(kNow + 90s));
  EXPECT_FALSE(token.expired(kNow + 99s, 0s));
  EXPECT_TRUE(token.expired(kNow + 100s, 0s));
}

TEST(S43_Expired, UnknownIsUsedUntilA401) {
  const auto token = judge(token_with(R"("x":1)"));
  EXPECT_FALSE(token.expires_at());
  EXPECT_FALSE(token.expired(kNow + std::chrono::years{50}));
}

TEST(S43_Expired, ZeroIsExpiredAtOnce) {
  EXPECT_TRUE(judge(token_with(R"("expires_in":0)")).expired(kNow, 0s));
}

// --- S82 ----------------------------------------------------------------------------------------

struct MalformedCase {
  const char* name;
  int status;
  std::string body;
};

class S82_MalformedTokenAnswer : public ::testing::TestWithParam<MalformedCase> {};

TEST_P(S82_MalformedTokenAnswer, IsAProtocolErrorWithStatusAndMaskedBody) {
  const auto& [name, status, body] = GetParam();
  try {
    static_cast<void>(judge(body, status));
    FAIL() << "taken";
  } catch (const ProtocolError& error) {
    EXPECT_EQ(error.status(), status);
    EXPECT_EQ(error.url(), "https://example.com/token");
    for (const auto& text : {std::string{error.what()}, error.masked_body(), error.advice()})
      EXPECT_EQ(text.find("SECRET"), std::string::npos) << text;
    if (body.find("SECRET") == std::string::npos) {
      EXPECT_EQ(error.masked_body(), body);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, S82_MalformedTokenAnswer,
    ::testing::Values(
        MalformedCase{"empty", 200, ""}, MalformedCase{"null", 200, "null"},
        MalformedCase{"array", 200, "[]"}, MalformedCase{"number", 200, "1"},
        MalformedCase{"string", 200, R"("SECRET access_token")"},
        MalformedCase{"html", 200, "<html>Sign in</html>"},
        MalformedCase{"truncated", 200, R"({"access_token":"SECRET)"},
        MalformedCase{"trailing_text", 200, R"({"access_token":"SECRET","token_type":"bearer"}x)"},
        MalformedCase{"bad_utf8", 200,
                      "{\"access_token\":\"SECRET\xff\",\"token_type\":\"bearer\"}"},
        MalformedCase{
            "repeated_access_token", 200,
            R"({"access_token":"SECRET1","access_token":"SECRET2","token_type":"bearer"})"},
        MalformedCase{"repeated_below", 200,
                      R"({"access_token":"SECRET","token_type":"bearer","x":{"a":1,"a":2}})"},
        MalformedCase{"access_token_missing", 200, R"({"token_type":"bearer"})"},
        MalformedCase{"access_token_empty", 200, R"({"access_token":"","token_type":"bearer"})"},
        MalformedCase{"access_token_null", 200, R"({"access_token":null,"token_type":"bearer"})"},
        MalformedCase{"access_token_number", 200, R"({"access_token":1,"token_type":"bearer"})"},
        MalformedCase{"access_token_object", 200,
                      R"({"access_token":{"v":"SECRET"},"token_type":"bearer"})"},
        MalformedCase{"access_token_with_line_end", 200,
                      R"({"access_token":"SECRET\nX: y","token_type":"bearer"})"},
        MalformedCase{"token_type_missing", 200, R"({"access_token":"SECRET"})"},
        MalformedCase{"token_type_number", 200, R"({"access_token":"SECRET","token_type":1})"},
        MalformedCase{"token_type_mac", 200, R"({"access_token":"SECRET","token_type":"mac"})"},
        MalformedCase{"token_type_empty", 200, R"({"access_token":"SECRET","token_type":""})"},
        MalformedCase{"refresh_token_number", 200,
                      R"({"access_token":"SECRET","token_type":"bearer","refresh_token":1})"},
        MalformedCase{"scope_array", 200,
                      R"({"access_token":"SECRET","token_type":"bearer","scope":["a"]})"},
        MalformedCase{"scopes_object", 200,
                      R"({"access_token":"SECRET","token_type":"bearer","scopes":{}})"},
        MalformedCase{"error_object_with_200", 200,
                      R"({"access_token":"SECRET","token_type":"bearer","error":{}})"},
        MalformedCase{"status_201", 201, R"({"access_token":"SECRET","token_type":"bearer"})"},
        MalformedCase{"status_204", 204, ""}, MalformedCase{"redirect", 302, ""},
        MalformedCase{"gateway", 502, "<h1>Bad gateway</h1>"},
        MalformedCase{"unauthorized_page", 401, "<h1>Who are you</h1>"},
        MalformedCase{"bitbucket_api_error", 429, R"({"type":"error","error":{"message":"slow"}})"},
        MalformedCase{"token_under_400", 400,
                      R"({"access_token":"SECRET","token_type":"bearer"})"}),
    [](const auto& test) { return test.param.name; });

TEST(S82_TokenType, IsBearerInAnyCase) {
  for (const char* type : {"bearer", "Bearer", "BEARER", "bEaReR"})
    EXPECT_EQ(judge(std::string{R"({"access_token":"a","token_type":")"} + type + "\"}").token_type,
              type);
}

TEST(S40_DeepJson, IsRefusedWithoutCrash) {
  EXPECT_THROW(static_cast<void>(judge(std::string(1 << 20, '['))), ProtocolError);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  EXPECT_THROW(static_cast<void>(judge(objects)), ProtocolError);
}

TEST(OAuthRefusal, CarriesStatusCodeAndDescription) {
  try {
    static_cast<void>(
        judge_token_response(400, {{"retry-after", "7"}},
                             R"({"error_description": "Invalid resource owner username/password",
            "error": "invalid_request", "error_uri": "https://example.com/e"})",
                             kNow, "https://example.com/token"));
    FAIL() << "taken";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.error(), "invalid_request");
    EXPECT_EQ(error.description(), "Invalid resource owner username/password");
    EXPECT_EQ(error.answer().error_uri, "https://example.com/e");
    EXPECT_EQ(error.answer().retry_after, 7s);
    EXPECT_NE(error.advice().find("two-step"), std::string::npos);
    EXPECT_NE(std::string{error.what()}.find("invalid_request"), std::string::npos);
  }
}

TEST(OAuthRefusal, MayComeWithStatus200Or503) {
  EXPECT_THROW(static_cast<void>(judge(R"({"error":"invalid_grant"})", 200)), OAuthError);
  EXPECT_THROW(static_cast<void>(judge(R"({"error":"temporarily_unavailable"})", 503)), OAuthError);
}

TEST(OAuthRefusal, WithoutADescriptionIsOneToo) {
  try {
    static_cast<void>(judge(R"({"error":"invalid_client","error_description":17})", 401));
    FAIL() << "taken";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.status(), 401);
    EXPECT_TRUE(error.description().empty());
  }
}

}  // namespace
}  // namespace bbgrant

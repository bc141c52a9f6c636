// SPDX-License-Identifier: MIT
#include "app/wire_view.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sample_exchange.hpp"

namespace bbgrant::app {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of_spans(const json& spans) {
  std::string text;
  for (const json& span : spans) text += span["text"].get<std::string>();
  return text;
}

std::string kind_of(const json& spans, std::string_view text) {
  for (const json& span : spans) {
    if (span["text"].get_ref<const std::string&>().find(text) != std::string::npos) {
      return span["kind"];
    }
  }
  return "absent";
}

class WireView : public ::testing::Test {
 protected:
  Server server = Server::sandbox();
  Secret consumer_secret{std::string_view{"consumer-secret-value"}};
  WireContext context{server, "demoKey", consumer_secret};
};

TEST_F(WireView, RawRequestShowsEachFieldOnALineOfItsOwn) {
  const std::string text = text_of_spans(raw_request(token_exchange(), Secrets::kMasked));
  EXPECT_THAT(text, HasSubstr("POST /site/oauth2/access_token HTTP/1.1\n"));
  EXPECT_THAT(text, HasSubstr("Authorization: Basic ••••••••••••\n"));
  EXPECT_THAT(text,
              HasSubstr("\n\ngrant_type=password\n&username=alice\n&password=••••••••\n&scope="));
}

TEST_F(WireView, LineEndsThatAreOnlyForReadingAreMarked) {
  const json spans = raw_request(token_exchange(), Secrets::kMasked);
  std::string copied;
  for (const json& span : spans) {
    if (span["kind"] != "br") copied += span["text"].get<std::string>();
  }
  EXPECT_THAT(copied, HasSubstr("grant_type=password&username=alice&password="));
}

TEST_F(WireView, BytesHaveTheColourOfWhoGaveThem) {
  const json spans = raw_request(token_exchange(), Secrets::kMasked);
  EXPECT_EQ(kind_of(spans, "username=alice"), "owner");
  const json answer = pretty_response(*token_exchange().response, false, Secrets::kMasked);
  EXPECT_EQ(kind_of(answer, "••••"), "m-issued");
}

struct S50_TokensReachThePage : WireView {};

TEST_F(S50_TokensReachThePage, NothingSecretStandsInAMaskedRendering) {
  const Exchange exchange = token_exchange();
  for (const json& spans :
       {raw_request(exchange, Secrets::kMasked), curl_request(exchange, context, Secrets::kMasked),
        cpp_request(exchange, context, Secrets::kMasked),
        raw_response(*exchange.response, Secrets::kMasked),
        pretty_response(*exchange.response, false, Secrets::kMasked)}) {
    const std::string text = spans.dump();
    EXPECT_THAT(text, Not(HasSubstr(std::string{kSampleToken})));
    EXPECT_THAT(text, Not(HasSubstr(std::string{kSampleRefresh})));
    EXPECT_THAT(text, Not(HasSubstr(std::string{kSampleBasic})));
    EXPECT_THAT(text, Not(HasSubstr("consumer-secret-value")));
  }
}

TEST_F(S50_TokensReachThePage, SecretsAreShownWhenAskedFor) {
  const Exchange exchange = token_exchange();
  EXPECT_THAT(text_of_spans(pretty_response(*exchange.response, false, Secrets::kShown)),
              HasSubstr(std::string{kSampleToken}));
  EXPECT_THAT(text_of_spans(curl_request(exchange, context, Secrets::kShown)),
              HasSubstr("-u 'demoKey:consumer-secret-value'"));
}

TEST_F(S50_TokensReachThePage, PasswordStaysMaskedEvenThen) {
  Exchange exchange = token_exchange();
  // Even if a record had one, which it has not.
  exchange.request.body.push_back(
      WirePart::hidden(WireKind::kPassword, Secret{std::string_view{"hunter2"}}));
  for (const json& spans :
       {raw_request(exchange, Secrets::kShown), curl_request(exchange, context, Secrets::kShown),
        cpp_request(exchange, context, Secrets::kShown)}) {
    EXPECT_THAT(spans.dump(), Not(HasSubstr("hunter2")));
  }
}

TEST_F(WireView, CurlQuotesForTheShell) {
  Exchange exchange = token_exchange("o'brien");
  EXPECT_THAT(text_of_spans(curl_request(exchange, context, Secrets::kMasked)),
              HasSubstr(R"(-d 'username=o'\''brien')"));
}

TEST_F(WireView, ShownTokenCannotLeaveItsQuotes) {
  Exchange exchange = api_exchange("/2.0/user", 200, "{}");
  exchange.request.headers.back().value[1] =
      WirePart::hidden(WireKind::kAccessToken, Secret{std::string_view{"a'b\"c"}});
  EXPECT_THAT(text_of_spans(curl_request(exchange, context, Secrets::kShown)),
              HasSubstr(R"(Bearer a'\''b"c')"));
  EXPECT_THAT(text_of_spans(cpp_request(exchange, context, Secrets::kShown)),
              HasSubstr(R"(token{"a'b\"c"})"));
}

TEST_F(WireView, CppNamesServerUserAndScopes) {
  const std::string text = text_of_spans(cpp_request(token_exchange(), context, Secrets::kMasked));
  EXPECT_THAT(text, HasSubstr(R"(bbgrant::Server::sandbox("http://localhost:7990"))"));
  EXPECT_THAT(text, HasSubstr(R"(bbgrant::Username{"alice"})"));
  EXPECT_THAT(text, HasSubstr(R"({"account", "repository"})"));
}

TEST_F(WireView, CppEscapesWhatThePersonTyped) {
  const std::string text =
      text_of_spans(cpp_request(token_exchange("a%22%29%3B%5C"), context, Secrets::kMasked));
  EXPECT_THAT(text, HasSubstr(R"(bbgrant::Username{"a\");\\"})"));
}

TEST_F(WireView, PrettyAnswerKeepsTheOrderOfMembers) {
  const std::string text =
      text_of_spans(pretty_response(*token_exchange().response, false, Secrets::kMasked));
  EXPECT_THAT(text,
              HasSubstr("{\n  \"access_token\": \"••••••••••••\",\n  \"expires_in\": 7200,\n"));
}

TEST_F(WireView, AnswerThatIsNoJsonIsShownAsItCame) {
  Exchange exchange = api_exchange("/2.0/user", 502, "<html>Bad gateway</html>");
  EXPECT_THAT(text_of_spans(pretty_response(*exchange.response, true, Secrets::kMasked)),
              HasSubstr("<html>Bad gateway</html>"));
}

TEST_F(WireView, S46_AnswerCannotForgeTheMarksThatHoldSecretsPlaces) {
  const std::string forged = R"({"a":"\ue0007\ue001"})";
  const Exchange exchange = api_exchange("/2.0/user", 200, forged);
  EXPECT_THAT(text_of_spans(pretty_response(*exchange.response, true, Secrets::kMasked)),
              HasSubstr(forged));
}

TEST_F(WireView, S40_DeepJsonIsShownAsItCame) {
  const std::string deep(100'000, '[');
  Exchange exchange = api_exchange("/2.0/user", 200, deep + std::string(100'000, ']'));
  EXPECT_THAT(text_of_spans(pretty_response(*exchange.response, true, Secrets::kMasked)),
              HasSubstr("[[[["));
}

}  // namespace
}  // namespace bbgrant::app

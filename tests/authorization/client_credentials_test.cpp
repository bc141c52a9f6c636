// SPDX-License-Identifier: MIT
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "authorization/client_authentication.hpp"

namespace bbgrant::authorization {
namespace {

struct Case {
  const char* what;
  std::string header;  // empty: none
  std::string body;
  // Expected: "key/secret", or the refusal's number.
  std::string bitbucket;
  std::string rfc;
};

std::string number(Refusal refusal) { return std::to_string(static_cast<int>(refusal)); }

std::string read(const Case& one, ErrorStyle style) {
  http::Headers headers;
  if (!one.header.empty()) headers.add("Authorization", one.header);
  auto form = std::get<http::Form>(http::parse_form(one.body));
  const auto outcome = read_client_credentials(headers, form, style);
  if (const auto* refused = std::get_if<Refused>(&outcome)) return number(refused->refusal);
  const auto& credentials = std::get<ClientCredentials>(outcome);
  return credentials.key + "/" + std::string{credentials.secret.reveal()};
}

TEST(S6_ClientAuthentication, IsReadFromBasicOrBody) {
  const std::string none = number(Refusal::kNoClientAuthentication);
  const std::string wrong = number(Refusal::kWrongClientAuthentication);
  const std::string two = number(Refusal::kTwoClientAuthentications);
  const Case cases[] = {
      {"nothing", "", "", none, none},
      {"Basic key:secret", "Basic a2V5OnNlY3JldA==", "", "key/secret", "key/secret"},
      {"scheme in any case", "bAsIc a2V5OnNlY3JldA==", "", "key/secret", "key/secret"},
      {"special characters form-encoded", "Basic ayUyQitleTpzJTNBK3Q=", "", "k+ ey/s: t",
       "k+ ey/s: t"},
      {"body", "", "client_id=key&client_secret=secret", "key/secret", "key/secret"},
      {"body, key alone", "", "client_id=key", "key/", "key/"},
      {"body, secret alone", "", "client_secret=secret", none, none},
      {"both, agreeing", "Basic a2V5OnNlY3JldA==", "client_id=key&client_secret=secret",
       "key/secret", two},
      {"both, other secret", "Basic a2V5OnNlY3JldA==", "client_id=key&client_secret=x", two, two},
      {"Basic and the same key", "Basic a2V5OnNlY3JldA==", "client_id=key", "key/secret",
       "key/secret"},
      {"Basic and another key", "Basic a2V5OnNlY3JldA==", "client_id=other", two, two},
      {"Basic alone", "Basic", "", wrong, wrong},
      {"Basic and a blank", "Basic ", "", wrong, wrong},
      {"not Base64", "Basic !!!!", "", wrong, wrong},
      {"no colon", "Basic a2V5", "", wrong, wrong},
      {"extra words", "Basic a2V5OnNlY3JldA== more", "", wrong, wrong},
      {"bad percent code", "Basic ayUlOnM=", "", wrong, wrong},
      {"control byte inside", "Basic awE6cw==", "", wrong, wrong},
      {"non-ASCII inside", "Basic a8OpOnM=", "", wrong, wrong},
      {"empty key", "Basic OnNlY3JldA==", "", wrong, wrong},
      {"other scheme", "Bearer a2V5OnNlY3JldA==", "", wrong, wrong},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(read(one, ErrorStyle::kBitbucket), one.bitbucket);
    EXPECT_EQ(read(one, ErrorStyle::kRfc6749), one.rfc);
  }
}

TEST(S6_ClientAuthentication, TwoHeadersAreRefused) {
  http::Headers headers;
  headers.add("Authorization", "Basic a2V5OnNlY3JldA==");
  headers.add("Authorization", "Basic a2V5OnNlY3JldA==");
  http::Form form;
  const auto outcome = read_client_credentials(headers, form, ErrorStyle::kBitbucket);
  EXPECT_EQ(std::get<Refused>(outcome).refusal, Refusal::kTwoClientAuthentications);
}

}  // namespace
}  // namespace bbgrant::authorization

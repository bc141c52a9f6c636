// SPDX-License-Identifier: MIT
#include "authorization/error_table.hpp"

#include <string>

#include <gtest/gtest.h>

namespace bbgrant::authorization {
namespace {

struct Case {
  Refusal refusal;
  unsigned bitbucket_status;
  const char* bitbucket_error;
  unsigned rfc_status;
  const char* rfc_error;
};

// Captures of Bitbucket Cloud on the left, RFC 6749 section 5.2 on the right.
TEST(ErrorTable, DiffersWhereBitbucketDoes) {
  const Case cases[] = {
      {Refusal::kNoClientAuthentication, 400, "unauthorized_client", 401, "invalid_client"},
      {Refusal::kWrongClientAuthentication, 400, "unauthorized_client", 401, "invalid_client"},
      {Refusal::kMissingGrantType, 400, "invalid_grant", 400, "invalid_request"},
      {Refusal::kUnsupportedGrantType, 400, "invalid_grant", 400, "unsupported_grant_type"},
      {Refusal::kWrongPassword, 400, "invalid_request", 400, "invalid_grant"},
      {Refusal::kWrongRefreshToken, 400, "invalid_request", 400, "invalid_grant"},
      {Refusal::kGrantNotAllowed, 400, "unauthorized_client", 400, "unauthorized_client"},
      {Refusal::kForeignToken, 400, "unauthorized_client", 400, "unauthorized_client"},
      {Refusal::kThrottled, 429, "temporarily_unavailable", 429, "temporarily_unavailable"},
      {Refusal::kBusy, 503, "temporarily_unavailable", 503, "temporarily_unavailable"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(static_cast<int>(one.refusal));
    const auto& bitbucket = error_row(one.refusal, ErrorStyle::kBitbucket);
    const auto& rfc = error_row(one.refusal, ErrorStyle::kRfc6749);
    EXPECT_EQ(bitbucket.status, one.bitbucket_status);
    EXPECT_EQ(bitbucket.error, one.bitbucket_error);
    EXPECT_EQ(rfc.status, one.rfc_status);
    EXPECT_EQ(rfc.error, one.rfc_error);
  }
}

TEST(S64_ErrorTable, EchoesAtMostAHundredHarmlessCharacters) {
  const auto said = [](std::string detail) {
    return description_of({Refusal::kUnsupportedGrantType, std::move(detail)},
                          ErrorStyle::kBitbucket);
  };
  EXPECT_EQ(said("foo"), "Unsupported grant type: foo");
  EXPECT_EQ(said("a\"b\\c\r\n<i>\xC3\xA9"), "Unsupported grant type: abc<i>");
  EXPECT_EQ(said(std::string(200, 'x')), "Unsupported grant type: " + std::string(100, 'x'));
}

}  // namespace
}  // namespace bbgrant::authorization

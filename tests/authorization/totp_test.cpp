// SPDX-License-Identifier: MIT
#include "authorization/totp.hpp"

#include <string>

#include <gtest/gtest.h>

namespace bbgrant::authorization {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// "12345678901234567890" of RFC 6238 appendix B, in Base32.
Secret secret(std::string_view text = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") { return Secret{text}; }

TEST(Totp, HasTheCodesOfRfc6238) {
  // Appendix B, SHA-1; the last six of its eight digits.
  const struct {
    std::int64_t time;
    const char* code;
  } cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
               {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [time, code] : cases) {
    SCOPED_TRACE(time);
    const auto now = sys_seconds{seconds{time}};
    EXPECT_EQ(totp_code(secret(), totp_step_at(now)), code);
    EXPECT_EQ(find_totp_step(secret(), code, now), totp_step_at(now));
  }
}

TEST(Totp, TakesOneStepEitherWayAndNothingElse) {
  const auto found = [](const char* code, std::int64_t time) {
    return find_totp_step(secret(), code, sys_seconds{seconds{time}});
  };
  // The code of 1111111080 to 1111111109.
  for (const std::int64_t time : {1111111050, 1111111080, 1111111109, 1111111139}) {
    EXPECT_EQ(found("081804", time), 1111111080 / 30) << time;
  }
  for (const std::int64_t time : {1111111049, 1111111140}) {
    EXPECT_FALSE(found("081804", time)) << time;
  }
  for (const auto* code : {"", "81804", "0081804", "081805", "081804 ", "07081804", "abcdef"}) {
    EXPECT_FALSE(found(code, 1111111109)) << code;
  }
}

TEST(Totp, ReadsASecretAsPeopleTypeIt) {
  for (const auto* text :
       {"gezd gnbv gy3t qojq gezd gnbv gy3t qojq", "GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ="}) {
    EXPECT_EQ(totp_code(secret(text), 1), "287082") << text;
  }
  for (const auto* text : {"", "GEZDGNBVGY3TQOJ", "GEZDGNBVGY3TQOJ1", "GEZDGNBVGY3TQOJ\xC3\xA9Q"}) {
    EXPECT_FALSE(is_totp_secret(text)) << text;
    EXPECT_FALSE(find_totp_step(secret(text), "", sys_seconds{seconds{59}})) << text;
  }
  EXPECT_TRUE(is_totp_secret("GEZDGNBVGY3TQOJQ"));
}

}  // namespace
}  // namespace bbgrant::authorization

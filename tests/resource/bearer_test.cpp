// SPDX-License-Identifier: MIT
// Where a request may carry its token, and where two are too many.
#include "resource/bearer.hpp"

#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace bbgrant::resource {
namespace {

/// Knows "good" and "fine" of the rules of old, "today" of those of today, and "late".
class FewTokens : public TokenVerifier {
 public:
  boost::asio::awaitable<VerifiedToken> verify(std::string_view token) override {
    VerifiedToken found;
    if (token == "good" || token == "fine" || token == "today") {
      found.state = VerifiedToken::State::kLive;
    } else if (token == "late") {
      found.state = VerifiedToken::State::kExpired;
    }
    found.recognised = found.state != VerifiedToken::State::kUnknown;
    found.header_only = token == "today";
    co_return found;
  }
};

enum class Outcome { kAnonymous, kCaller, kTwoTokens, kInvalid, kExpired };

struct Row {
  const char* name;
  std::vector<std::string> authorization;
  std::string query;
  std::string form;
  Outcome outcome;
  http::Method method = http::Method::kPost;
  std::string content_type = "application/x-www-form-urlencoded";
};

Outcome outcome_of(const Row& row) {
  http::Request request;
  request.method = row.method;
  request.query = row.query;
  request.body = row.form;
  for (const auto& value : row.authorization) request.headers.add("Authorization", value);
  request.headers.add("Content-Type", row.content_type);
  FewTokens verifier;
  boost::asio::io_context loop;
  auto judged =
      boost::asio::co_spawn(loop, judge_bearer(verifier, request), boost::asio::use_future);
  loop.run();
  const Bearer bearer = judged.get();
  if (std::holds_alternative<Anonymous>(bearer)) return Outcome::kAnonymous;
  if (std::holds_alternative<Caller>(bearer)) return Outcome::kCaller;
  switch (std::get<BearerRefusal>(bearer)) {
    case BearerRefusal::kTwoTokens:
      return Outcome::kTwoTokens;
    case BearerRefusal::kExpired:
      return Outcome::kExpired;
    case BearerRefusal::kInvalid:
      break;
  }
  return Outcome::kInvalid;
}

void expect(const std::vector<Row>& rows) {
  for (const auto& row : rows) EXPECT_EQ(outcome_of(row), row.outcome) << row.name;
}

const std::string kHeader = "Bearer good";
const std::string kToken = "access_token=good";

TEST(S32_TwoTokens, AreRefusedWhereverTheyStand) {
  expect(
      {{"header and query", {kHeader}, kToken, "", Outcome::kTwoTokens},
       {"header and form", {kHeader}, "", kToken, Outcome::kTwoTokens},
       {"query and form", {}, kToken, kToken, Outcome::kTwoTokens},
       {"two headers", {kHeader, kHeader}, "", "", Outcome::kTwoTokens},
       {"twice in the query", {}, kToken + "&" + kToken, "", Outcome::kTwoTokens},
       {"twice in the form", {}, "", kToken + "&" + kToken, Outcome::kTwoTokens},
       {"another one", {kHeader}, "access_token=fine", "", Outcome::kTwoTokens},
       {"a dead one", {kHeader}, "access_token=unknown", "", Outcome::kTwoTokens},
       {"today's in the header", {"Bearer today"}, kToken, "", Outcome::kTwoTokens},
       {"today's elsewhere", {kHeader}, "access_token=today", "", Outcome::kCaller},
       {"an unknown one beside today's", {"Bearer today"}, "access_token=x", "", Outcome::kCaller},
       {"an empty one", {kHeader}, "access_token=", "", Outcome::kCaller}});
}

TEST(S33_Bearer, IsReadInEachOfItsPlaces) {
  expect({{"header", {kHeader}, "", "", Outcome::kCaller},
          {"any case, more blanks", {"bEaReR   good"}, "", "", Outcome::kCaller},
          {"form", {}, "", kToken, Outcome::kCaller},
          {"form of a GET", {}, "", kToken, Outcome::kAnonymous, http::Method::kGet},
          {"form of a PUT", {}, "", kToken, Outcome::kCaller, http::Method::kPut},
          {"form that is none",
           {},
           "",
           kToken,
           Outcome::kAnonymous,
           http::Method::kPost,
           "application/json"},
          {"query", {}, kToken, "", Outcome::kCaller, http::Method::kGet},
          {"query beside JSON",
           {},
           kToken,
           "{}",
           Outcome::kCaller,
           http::Method::kPost,
           "application/json"},
          {"query beside a form", {}, kToken, "x=1", Outcome::kAnonymous},
          {"today's in the query", {}, "access_token=today", "", Outcome::kAnonymous},
          {"today's in the form", {}, "", "access_token=today", Outcome::kAnonymous},
          {"none", {}, "x=1", "x=1", Outcome::kAnonymous}});
}

TEST(S33_Bearer, IsRefusedWhenUnusable) {
  expect(
      {{"alone", {"Bearer"}, "", "", Outcome::kInvalid},
       {"two words", {"Bearer good good"}, "", "", Outcome::kInvalid},
       {"unknown", {"Bearer x"}, "", "", Outcome::kInvalid},
       {"another scheme", {"Basic good"}, "", "", Outcome::kInvalid},
       {"scheme glued on", {"Bearergood"}, "", "", Outcome::kInvalid},
       {"outside the alphabet", {"Bearer go\"od"}, "", "", Outcome::kInvalid},
       {"over 8 KB", {"Bearer " + std::string(kLongestToken + 1, 'x')}, "", "", Outcome::kInvalid},
       {"expired", {"Bearer late"}, "", "", Outcome::kExpired},
       {"expired, in the query",
        {},
        "access_token=late",
        "",
        Outcome::kExpired,
        http::Method::kGet}});
}

}  // namespace
}  // namespace bbgrant::resource

// SPDX-License-Identifier: MIT
#include <algorithm>
#include <ranges>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using namespace std::chrono_literals;

static_assert(std::ranges::input_range<Items>);

/// The items of a list served by `script`.
Items items_of(const ApiClient& api, const Secret& bearer, const std::string& target) {
  return {[&api, &bearer](const std::string& page) { return api.get(page, bearer); }, target};
}

class Pages : public ::testing::Test {
 protected:
  std::string origin_;
  std::vector<std::string> bodies_;
  ScriptedServer server_{[this](const std::string& request) {
    const auto page = request.find("page=");
    const auto number =
        page == std::string::npos ? 0U : static_cast<unsigned>(request[page + 5] - '0');
    return answer(200, bodies_.at(number));
  }};
  ApiClient api_{Server::sandbox(server_.origin())};
  Secret bearer_ = secret("AT");

  [[nodiscard]] std::string next(const std::string& page) const {
    return R"("next":")" + server_.origin() + "/list?page=" + page + "\"";
  }
  [[nodiscard]] Items items() const { return items_of(api_, bearer_, "/list"); }
};

TEST_F(Pages, AreFetchedWhenTheirFirstItemIsRead) {
  bodies_ = {R"({"values":[1,2],)" + next("1") + "}", R"({"values":[],)" + next("2") + "}",
             R"({"values":[3]})"};
  std::vector<int> seen;
  std::vector<std::size_t> requests;
  for (const nlohmann::json& item : items()) {
    seen.push_back(item.get<int>());
    requests.push_back(server_.requests().size());
  }
  EXPECT_THAT(seen, ::testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(requests, ::testing::ElementsAre(1U, 1U, 3U));
}

TEST_F(Pages, NothingMoreIsFetchedThanIsTaken) {
  bodies_ = {R"({"values":[1,2],)" + next("1") + "}"};
  auto all = items();
  for (const nlohmann::json& item : all | std::views::take(2)) EXPECT_TRUE(item.is_number());
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(Pages, AnEmptyListHasNoItems) {
  bodies_ = {R"({"values":[],"next":null})"};
  EXPECT_TRUE(items().begin() == std::default_sentinel);
}

TEST_F(Pages, S39_ANextLinkToAnotherHostIsRefused) {
  const ScriptedServer other{answer(200, "{}")};
  bodies_ = {R"({"values":[1],"next":")" + other.origin() + "/list\"}"};
  auto list = items();
  auto iterator = list.begin();
  EXPECT_EQ((*iterator).get<int>(), 1);
  ++iterator;
  EXPECT_THROW(static_cast<void>(iterator == std::default_sentinel), ProtocolError);
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(Pages, S40_ACircleOfLinksEnds) {
  bodies_ = {R"({"values":[1],)" + next("1") + "}", R"({"values":[2],)" + next("1") + "}"};
  int seen = 0;
  EXPECT_THROW(
      {
        for ([[maybe_unused]] const nlohmann::json& item : items()) ++seen;
      },
      ProtocolError);
  EXPECT_EQ(seen, 2);
}

TEST_F(Pages, WhatIsNoPageIsATypedError) {
  for (const char* body : {"[]", "{}", R"({"values":7})", R"({"values":[],"next":7})", "<p>"}) {
    bodies_ = {body};
    EXPECT_THROW(static_cast<void>(items().begin() == std::default_sentinel), ProtocolError)
        << body;
  }
}

// --- retries -------------------------------------------------------------------------------------

class Retry : public ::testing::Test {
 protected:
  Scripted bad_ = answer(503, "down");
  int bad_answers_ = 1;
  std::atomic<int> calls_ = 0;
  ScriptedServer server_{
      [this](const std::string&) { return ++calls_ <= bad_answers_ ? bad_ : answer(200, "{}"); }};
  ApiClient api_{Server::sandbox(server_.origin()),
                 Options{.retry = {.attempts = 3, .first_delay = 1ms, .longest_delay = 2000ms}}};
};

TEST_F(Retry, S83_SafeMethodsAreTriedAgain) {
  bad_answers_ = 2;
  EXPECT_EQ(api_.get("/x", secret("AT")).status, 200);
  EXPECT_EQ(calls_, 3);
}

TEST_F(Retry, S83_AlsoWhenTheConnectionIsCut) {
  bad_ = Scripted{"", Scripted::After::kClose};
  EXPECT_EQ(api_.get("/x", secret("AT")).status, 200);
}

TEST_F(Retry, S83_OnlySoOften) {
  bad_answers_ = 100;
  EXPECT_THROW(static_cast<void>(api_.get("/x", secret("AT"))), ApiError);
  EXPECT_EQ(calls_, 3);
}

TEST_F(Retry, S83_OtherMethodsAreSentOnce) {
  EXPECT_THROW(static_cast<void>(api_.post("/x", "{}", secret("AT"))), ApiError);
  EXPECT_EQ(calls_, 1);
}

TEST_F(Retry, S83_OtherFailuresAreNotTriedAgain) {
  bad_answers_ = 100;
  for (const int status : {400, 401, 403, 404, 410, 500}) {
    bad_ = answer(status, "{}");
    calls_ = 0;
    EXPECT_THROW(static_cast<void>(api_.get("/x", secret("AT"))), ApiError);
    EXPECT_EQ(calls_, 1) << status;
  }
}

TEST_F(Retry, S83_RetryAfterIsHonoured) {
  bad_ = answer(429, "slow", "Retry-After: 1\r\n");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(api_.get("/x", secret("AT")).status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 1s);
}

TEST_F(Retry, S83_ALongRetryAfterEndsTheTries) {
  bad_ = answer(429, "slow", "Retry-After: 3600\r\n");
  EXPECT_THROW(static_cast<void>(api_.get("/x", secret("AT"))), ApiError);
  EXPECT_EQ(calls_, 1);
}

TEST_F(Retry, S83_TheDeadlineHoldsForAllTries) {
  bad_ = answer(429, "slow", "Retry-After: 2\r\n");
  EXPECT_THROW(static_cast<void>(api_.send({.target = "/x", .timeout = 1000ms}, secret("AT"))),
               ApiError);
  EXPECT_EQ(calls_, 1);
}

}  // namespace
}  // namespace bbgrant

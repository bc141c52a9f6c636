// SPDX-License-Identifier: MIT
#include "http/tap.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "http/raw_client.hpp"
#include "http/test_server.hpp"

namespace bbgrant::http {
namespace {

using testing::RawClient;
using testing::send_once;
using testing::TestServer;

/// Bends every exchange alike and keeps what it saw.
class OneBend : public Tap {
 public:
  Bend before(const Request& request) override {
    const std::lock_guard lock{mutex};
    seen.push_back(std::string{name_of(request.method)} + " " + request.target_path + " " +
                   request.body);
    return bend;
  }
  void after(const Request& request, const Response& response) override {
    const std::lock_guard lock{mutex};
    answered.push_back(request.target_path + " " + std::to_string(response.status));
  }

  Bend bend;
  std::mutex mutex;
  std::vector<std::string> seen;
  std::vector<std::string> answered;
};

class TapTest : public ::testing::Test {
 protected:
  OneBend tap;
  TestServer server{[this](ServerOptions& options, Router&) {
    options.tap = &tap;
    options.limits.handler_time = std::chrono::seconds{5};
  }};
  std::optional<testing::RawAnswer> ask(std::string_view line, std::string_view body = {}) {
    return send_once(server.port(), server.request(line, "Connection: close\r\n", body));
  }
};

TEST_F(TapTest, SeesRequestAndAnswerOfRoutesAndOfNone) {
  EXPECT_EQ(ask("POST /echo", "body")->body, "body");
  EXPECT_EQ(ask("GET /absent")->status, 404);
  EXPECT_EQ(ask("DELETE /hello")->status, 405);
  EXPECT_EQ(tap.seen,
            (std::vector<std::string>{"POST /echo body", "GET /absent ", "DELETE /hello "}));
  EXPECT_EQ(tap.answered, (std::vector<std::string>{"/echo 200", "/absent 404", "/hello 405"}));
}

TEST_F(TapTest, DoesNotSeeWhatIsRefusedBeforeItsPathIsKnown) {
  EXPECT_EQ(send_once(server.port(), "GET /hello HTTP/1.1\r\nHost: elsewhere\r\n\r\n")->status,
            421);
  EXPECT_EQ(ask("GET /a/../b")->status, 400);
  EXPECT_TRUE(tap.seen.empty());
}

TEST_F(TapTest, AnswersInPlaceOfTheHandlerAlsoWhereThereIsNone) {
  tap.bend.answer = Response::text(503, "gone fishing");
  for (const char* line : {"GET /hello", "GET /throw", "GET /absent"}) {
    const auto answer = ask(line);
    EXPECT_EQ(answer->status, 503) << line;
    EXPECT_EQ(answer->body, "gone fishing") << line;
  }
}

TEST_F(TapTest, AnUnreadBodyEndsTheConnectionAfterAnAnswerInItsPlace) {
  tap.bend.answer = Response::text(200, "stub");
  RawClient client{server.port()};
  client.send(server.request("POST /absent", "", "GET /hello HTTP/1.1"));
  EXPECT_EQ(client.read_answer()->header("Connection"), "close");
}

TEST_F(TapTest, CutsTheConnectionInTheMiddleOfTheAnswer) {
  tap.bend.cut = true;
  for (const char* line : {"GET /hello", "GET /absent"}) {
    RawClient client{server.port()};
    client.send(server.request(line));
    EXPECT_FALSE(client.read_answer()) << line;
  }
  EXPECT_EQ(tap.answered.at(0), "/hello 200") << "the handler has run";
}

TEST_F(TapTest, SpoilsTheBodyInsideAWholeMessage) {
  tap.bend.malformed = true;
  const auto answer = ask("GET /hello");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "he{\"");
}

TEST_F(TapTest, WaitsBeforeItAnswers) {
  tap.bend.delay = std::chrono::milliseconds{50};
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(ask("GET /hello")->body, "hello");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, tap.bend.delay);
}

TEST_F(TapTest, ServesOthersWhileOneWaits) {
  tap.bend.delay = std::chrono::hours{1};
  RawClient slow{server.port()};
  slow.send(server.request("GET /hello"));
  ASSERT_TRUE(testing::eventually([this] {
    const std::lock_guard lock{tap.mutex};
    if (tap.seen.empty()) return false;
    tap.bend.delay = {};
    return true;
  }));
  EXPECT_EQ(ask("GET /hello")->body, "hello");
  EXPECT_EQ(tap.answered.size(), 1U);
}

}  // namespace
}  // namespace bbgrant::http

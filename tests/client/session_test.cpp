// SPDX-License-Identifier: MIT
#include <barrier>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_client.hpp"
#include "support/temporary_folder.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using namespace std::chrono_literals;

constexpr int kThreads = 64;

/// A server that counts: token requests get AT1, AT2, ... and RT1, RT2, ...; the API takes only the
/// last access token.
class Counting {
 public:
  Counting() : server_([this](const std::string& request) { return reply(request); }) {}

  [[nodiscard]] Options options() {
    return Options{.clock = [this] { return std::chrono::sys_seconds{std::chrono::seconds{now_}}; },
                   .retry = {.attempts = 1}};
  }
  [[nodiscard]] Client client() { return client_of(server_, options()); }
  [[nodiscard]] ApiClient api() { return ApiClient{Server::sandbox(server_.origin()), options()}; }
  [[nodiscard]] Server server() const { return Server::sandbox(server_.origin()); }

  /// AT0, good for 100 s from now.
  [[nodiscard]] Token first() const {
    Token token = first_without_refresh();
    token.refresh_token = secret("RT0");
    return token;
  }
  [[nodiscard]] Token first_without_refresh() const {
    Token token{.access_token = secret("AT0"), .token_type = "bearer"};
    token.issued_at = std::chrono::sys_seconds{std::chrono::seconds{now_}};
    token.expires_in = 100s;
    token.scopes = Scopes{"account"};
    return token;
  }

  void pass(int seconds) { now_ += seconds; }
  void answer_tokens_with(Scripted other) {
    const std::scoped_lock lock{mutex_};
    other_ = std::move(other);
  }
  void answer_tokens_well() {
    const std::scoped_lock lock{mutex_};
    other_.reset();
  }
  [[nodiscard]] int token_requests() const { return tokens_; }
  [[nodiscard]] std::vector<std::string> requests() const { return server_.requests(); }

 private:
  Scripted reply(const std::string& request) {
    if (request.starts_with("GET")) {
      const auto good = "Authorization: Bearer AT" + std::to_string(tokens_) + "\r\n";
      return request.find(good) != std::string::npos ? answer(200, "{}") : answer(401, "{}");
    }
    if (request.find("/revoke") != std::string::npos) return answer(200, "");
    const std::string number = std::to_string(++tokens_);
    const std::scoped_lock lock{mutex_};
    if (other_) return *other_;
    return answer(200, R"({"access_token":"AT)" + number + R"(","token_type":"bearer",)" +
                           R"("expires_in":100,"refresh_token":"RT)" + number + "\"}");
  }

  std::atomic<int> now_ = 1000;
  std::atomic<int> tokens_ = 0;
  std::mutex mutex_;
  std::optional<Scripted> other_;  // guarded by mutex_
  ScriptedServer server_;
};

std::string at(Session& session) { return std::string{session.access_token().reveal()}; }

TEST(Session, KeepsATokenThatIsGood) {
  Counting world;
  Session session{world.client(), world.api()};
  session.sign_in(world.first());
  EXPECT_EQ(at(session), "AT0");
  EXPECT_EQ(session.get("/2.0/user").status, 200);
  EXPECT_EQ(world.token_requests(), 0);
}

TEST(Session, RefreshesBeforeTheEnd) {
  Counting world;
  Session session{world.client(), world.api(), nullptr, {.early = 60s}};
  session.sign_in(world.first());
  world.pass(39);
  EXPECT_EQ(at(session), "AT0");
  world.pass(1);
  EXPECT_EQ(at(session), "AT1");
  EXPECT_EQ(session.token()->refresh_token->reveal(), "RT1");
  EXPECT_EQ(session.token()->scopes, Scopes{"account"});  // as before: the answer named none
}

TEST(S42_SingleFlight, SixtyFourThreadsOnAnExpiredTokenMakeOneRequest) {
  Counting world;
  Session session{world.client(), world.api()};
  session.sign_in(world.first());
  world.pass(200);
  std::barrier start{kThreads};
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      start.arrive_and_wait();
      if (session.access_token().reveal() == "AT1") ++good;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, kThreads);
  EXPECT_EQ(world.token_requests(), 1);
}

TEST(S42_SingleFlight, SixtyFourThreadsOnA401MakeOneRequest) {
  Counting world;
  Session session{world.client(), world.api()};
  auto dead = world.first();
  dead.access_token = secret("dead");
  session.sign_in(std::move(dead));
  std::barrier start{kThreads};
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      start.arrive_and_wait();
      if (session.get("/2.0/user").status == 200) ++good;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, kThreads);
  EXPECT_EQ(world.token_requests(), 1);
}

TEST(S42_SingleFlight, WaitersGetTheError) {
  Counting world;
  Session session{world.client(), world.api()};
  session.sign_in(world.first());
  world.pass(200);
  world.answer_tokens_with(answer(400, R"({"error":"invalid_grant"})"));
  std::barrier start{kThreads};
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      start.arrive_and_wait();
      try {
        static_cast<void>(session.access_token());
      } catch (const LoginRequired&) {
        ++refused;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, kThreads);
  EXPECT_EQ(world.token_requests(), 1);  // a dead refresh token is never sent again
}

TEST(S42_Session, KeepsTheRefreshTokenOnAPassingFailure) {
  Counting world;
  Session session{world.client(), world.api()};
  session.sign_in(world.first());
  world.pass(200);
  for (const auto& failure : {answer(503, "down"), answer(401, R"({"error":"unauthorized"})"),
                              answer(200, "<html>"), Scripted{"", Scripted::After::kClose}}) {
    world.answer_tokens_with(failure);
    EXPECT_THROW(static_cast<void>(session.access_token()), Error);
    EXPECT_TRUE(session.token()->refresh_token);
  }
  world.answer_tokens_well();
  EXPECT_EQ(at(session), "AT5");
}

TEST(Session, UsesTheOldTokenWhileItLivesWhenARefreshFails) {
  Counting world;
  Session session{world.client(), world.api(), nullptr, {.early = 60s}};
  session.sign_in(world.first());
  world.answer_tokens_with(answer(503, "down"));
  world.pass(50);
  EXPECT_EQ(at(session), "AT0");
  world.pass(50);
  EXPECT_THROW(static_cast<void>(session.access_token()), ProtocolError);
}

TEST(S42_Session, RefreshesOnceOnA401AndNotForever) {
  Counting world;
  Session session{world.client(), world.api()};
  auto token = world.first();
  token.access_token = secret("dead");
  session.sign_in(std::move(token));
  world.answer_tokens_with(answer(200, R"({"access_token":"dead too","token_type":"bearer"})"));
  EXPECT_THROW(static_cast<void>(session.get("/2.0/user")), ApiError);
  EXPECT_EQ(world.token_requests(), 1);
}

TEST(Session, SaysThatLoginIsRequired) {
  Counting world;
  Session session{world.client(), world.api()};
  EXPECT_THROW(static_cast<void>(session.access_token()), LoginRequired);
  session.sign_in(world.first_without_refresh());
  EXPECT_EQ(at(session), "AT0");
  world.pass(200);
  EXPECT_THROW(static_cast<void>(session.access_token()), LoginRequired);
  EXPECT_EQ(world.token_requests(), 0);
}

TEST(Session, RevokesBothTokensAndForgetsThem) {
  Counting world;
  const auto store = memory_token_store();
  Session session{world.client(), world.api(), store};
  session.sign_in(world.first());
  session.sign_out();
  EXPECT_FALSE(session.token());
  EXPECT_FALSE(store->load());
  const auto requests = world.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(body_of(requests[0]), "token=RT0&token_type_hint=refresh_token");
  EXPECT_EQ(body_of(requests[1]), "token=AT0&token_type_hint=access_token");
}

/// Says in which order the store and the hook were called.
class Recording final : public TokenStore {
 public:
  explicit Recording(std::vector<std::string>& calls) : calls_(calls) {}
  std::optional<Token> load() override { return std::nullopt; }
  void save(const Token& token) override {
    calls_.push_back("save " + std::string{token.access_token.reveal()});
  }
  void clear() override { calls_.emplace_back("clear"); }

 private:
  std::vector<std::string>& calls_;
};

TEST(Session, SavesBeforeUseAndThenCallsTheHook) {
  Counting world;
  std::vector<std::string> calls;
  Session session{world.client(),
                  world.api(),
                  std::make_shared<Recording>(calls),
                  {.token_changed = [&calls](const Token& token) {
                    calls.push_back("changed " + std::string{token.access_token.reveal()});
                  }}};
  session.sign_in(world.first());
  session.refresh();
  EXPECT_THAT(calls, ::testing::ElementsAre("save AT0", "changed AT0", "save AT1", "changed AT1"));
}

TEST(Session, StopTokenEndsTheWaitOfOneCallerOnly) {
  Counting world;
  Session session{world.client(), world.api()};
  session.sign_in(world.first());
  world.pass(200);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(static_cast<void>(session.access_token(stop.get_token())), TransportError);
  EXPECT_EQ(at(session), "AT1");
}

// Two sessions with a file in common stand for two processes: flock(2) is per open file.
TEST(S42_SharedFile, ManySessionsMakeOneRequest) {
  Counting world;
  const TemporaryFolder folder;
  const auto store = [&] {
    return file_token_store(folder.path() / "token.json", world.server(), ConsumerKey{"key"});
  };
  store()->save(world.first());
  world.pass(200);
  constexpr int kSessions = 8;
  std::barrier start{kSessions};
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kSessions; ++i)
    threads.emplace_back([&] {
      Session session{world.client(), world.api(), store()};
      start.arrive_and_wait();
      if (session.access_token().reveal() == "AT1") ++good;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, kSessions);
  EXPECT_EQ(world.token_requests(), 1);
}

}  // namespace
}  // namespace bbgrant

// SPDX-License-Identifier: MIT
// The PostgreSQL driver: what it does when things go wrong, and with several instances.
#include <atomic>
#include <latch>
#include <thread>

#include <gmock/gmock.h>

#include "store/postgres/database.hpp"
#include "store/support.hpp"
#include "support/postgres_server.hpp"

namespace bbgrant::store::testing {
namespace {

using bbgrant::testing::PostgresServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Access = Database::Access;
using Kind = StoreError::Kind;

/// A statement that fails with this SQLSTATE.
std::string raise(const std::string& state) {
  return "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '" + state + "'; END $$";
}

std::string refusal(const std::string& url) {
  try {
    (void)open_store({url});
  } catch (const StoreError& error) {
    return std::string{name_of(error.kind())} + ": " + error.what();
  }
  return "opened";
}

class PostgresDriver : public ::testing::Test {
 protected:
  /// How often the job was called, and the fault that came of it.
  struct Outcome {
    int calls = 0;
    std::optional<Kind> kind;
  };
  Outcome write(const std::function<void(Connection&, int)>& work) {
    Outcome outcome;
    outcome.kind = kind_thrown_by([&] {
      database->run_blocking(Access::kWrite,
                             [&](Connection& connection) { work(connection, ++outcome.calls); });
    });
    return outcome;
  }

  PostgresServer& server = PostgresServer::shared();
  const std::string url = server.new_store_url();
  const std::unique_ptr<Database> database = open_postgres(url);
};

using S95_PostgresRaces = PostgresDriver;

TEST_F(S95_PostgresRaces, WhatLostARaceIsTriedThreeTimesMoreAndIsThenBusy) {
  const struct {
    const char* state;
    int calls;
    Kind kind;
  } cases[] = {{"40001", 4, Kind::kBusy},       {"40P01", 4, Kind::kBusy},
               {"55P03", 1, Kind::kBusy},       {"23505", 1, Kind::kConflict},
               {"23503", 1, Kind::kConstraint}, {"53100", 1, Kind::kFull},
               {"25006", 1, Kind::kReadOnly},   {"XX001", 1, Kind::kCorrupt},
               {"42601", 1, Kind::kUnexpected}};
  for (const auto& line : cases) {
    const auto outcome =
        write([&](Connection& connection, int) { connection.script(raise(line.state)); });
    EXPECT_EQ(outcome.calls, line.calls) << line.state;
    EXPECT_EQ(outcome.kind, line.kind) << line.state;
  }
}

TEST_F(S95_PostgresRaces, WhatIsWonAtLastIsStoredOnce) {
  write([](Connection& connection, int) { connection.script("CREATE TABLE t (n BIGINT)"); });
  const auto outcome = write([](Connection& connection, int call) {
    connection.execute("INSERT INTO t VALUES ($1)", {std::int64_t{call}});
    if (call < 4) connection.script(raise("40001"));
  });
  EXPECT_EQ(outcome.kind, std::nullopt);
  EXPECT_EQ(server.execute(url, "SELECT string_agg(n::text, ' ') FROM t"), "4");
  EXPECT_FALSE(database->last_write_fault());
}

TEST_F(S95_PostgresRaces, ADeadlockIsSolvedUnseen) {
  write([](Connection& connection, int) {
    connection.script("CREATE TABLE t (id BIGINT, n BIGINT); INSERT INTO t VALUES (1, 0), (2, 0)");
  });
  std::latch both_hold_one{2};
  const auto add = [&](std::int64_t first, std::int64_t second) {
    const auto outcome = write([&](Connection& connection, int call) {
      connection.execute("UPDATE t SET n = n + 1 WHERE id = $1", {first});
      if (call == 1) both_hold_one.arrive_and_wait();
      connection.execute("UPDATE t SET n = n + 1 WHERE id = $1", {second});
    });
    EXPECT_EQ(outcome.kind, std::nullopt);
  };
  std::thread other{[&] { add(2, 1); }};
  add(1, 2);
  other.join();
  EXPECT_EQ(server.execute(url, "SELECT string_agg(n::text, ' ') FROM t"), "2 2");
}

TEST_F(S95_PostgresRaces, AJobThatGoesOnAfterAFaultIsNotCommitted) {
  const auto outcome = write([&](Connection& connection, int) {
    connection.script("CREATE TABLE t (n BIGINT)");
    EXPECT_EQ(kind_thrown_by([&] { connection.script(raise("23505")); }), Kind::kConflict);
  });
  EXPECT_EQ(outcome.kind, Kind::kUnexpected);
  EXPECT_EQ(server.execute(url, "SELECT to_regclass('t')"), "");
}

TEST_F(S95_PostgresRaces, AReadOnlyServerIsNeverAsked) {
  EXPECT_THAT(refusal(url + "%20-cdefault_transaction_read_only%3Don"),
              HasSubstr("unavailable: the store cannot be reached (PostgreSQL "));
}

TEST_F(S95_PostgresRaces, ACommitIsDurableWhateverTheServersDefault) {
  const auto careless = open_postgres(url + "%20-csynchronous_commit%3Doff");
  careless->run_blocking(Access::kWrite, [](Connection& connection) {
    const auto mode = connection.first("SELECT current_setting('synchronous_commit')", {},
                                       [](Reader row) { return row.next<std::string>(); });
    EXPECT_EQ(mode, "on");
  });
}

using S57_PostgresGone = PostgresDriver;

TEST_F(S57_PostgresGone, AConnectionThatBrokeBeforeTheCommitIsHadAgainOnce) {
  write([](Connection& connection, int) { connection.script("CREATE TABLE t (n BIGINT)"); });
  const auto lose = [](Connection& connection) {
    connection.script("SELECT pg_terminate_backend(pg_backend_pid())");
  };
  const auto saved = write([&](Connection& connection, int call) {
    connection.execute("INSERT INTO t VALUES ($1)", {std::int64_t{call}});
    if (call == 1) lose(connection);
  });
  // The driver has several connections; the job may have met one that it had not used yet.
  EXPECT_THAT(saved.kind, ::testing::AnyOf(std::nullopt, Kind::kUnavailable));
  const auto lost = write([&](Connection& connection, int) { lose(connection); });
  EXPECT_EQ(lost.kind, Kind::kUnavailable);
  EXPECT_LE(lost.calls, 2);
}

TEST_F(S57_PostgresGone, NothingIsDoneTwiceWhenTheCommitItselfIsLost) {
  server.execute(url,
                 "CREATE FUNCTION vanish() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                 "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$");
  server.execute(url, "CREATE TABLE t (n BIGINT)");
  server.execute(url,
                 "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON t DEFERRABLE INITIALLY "
                 "DEFERRED FOR EACH ROW EXECUTE FUNCTION vanish()");
  const auto outcome = write([](Connection& connection, int) {
    connection.execute("INSERT INTO t VALUES ($1)", {std::int64_t{1}});
  });
  EXPECT_EQ(outcome.calls, 1);
  EXPECT_EQ(outcome.kind, Kind::kUnavailable);
  EXPECT_TRUE(database->last_write_fault());
}

TEST(S57_PostgresGoneAndBack, IsToldLosesNothingAndIsOverByItself) {
  PostgresServer server;
  const auto store = open_store({server.new_store_url()});
  const World world = make_world(*store);
  std::atomic<std::uint64_t> next{0};
  std::mutex mutex;
  std::vector<std::uint64_t> acknowledged;
  std::atomic<int> refused{0};
  std::atomic<bool> ending{false};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < 8; ++caller) {
    threads.emplace_back([&] {
      while (!ending) {
        const std::uint64_t number = next++;
        try {
          if (run(store->issue_tokens(new_tokens(world, number))) != Issue::kIssued) continue;
          const std::lock_guard lock{mutex};
          acknowledged.push_back(number);
        } catch (const StoreError& error) {
          EXPECT_EQ(error.kind(), Kind::kUnavailable) << error.what();
          ++refused;
        }
      }
    });
  }
  const auto until = [](const auto& condition) {
    while (!condition()) std::this_thread::yield();
  };
  const auto count = [&] {
    const std::lock_guard lock{mutex};
    return acknowledged.size();
  };
  for (int round = 0; round < 3; ++round) {
    const auto before = count();
    until([&] { return count() > before + 50; });
    server.stop(SIGQUIT);
    const int refused_before = refused;
    until([&] { return refused > refused_before + 50; });
    const auto health = run(store->health());
    ASSERT_TRUE(health);
    EXPECT_THAT(health->what(), HasSubstr("the store cannot be reached"));
    server.start();
    until([&] { return !run(store->health()); });
  }
  const auto before = count();
  until([&] { return count() > before + 50; });
  ending = true;
  for (auto& thread : threads) thread.join();
  for (const std::uint64_t number : acknowledged) {
    ASSERT_TRUE(run(store->find_access_token(access_of(number)))) << number;
  }
  RecordProperty("acknowledged", static_cast<int>(acknowledged.size()));
}

TEST(S57_PostgresRestart, IsNotSeenByWhoAsksAfterIt) {
  PostgresServer server;
  const auto store = open_store({server.new_store_url()});
  const World world = make_world(*store);
  for (std::uint64_t number = 0; number < 20; ++number) {
    ASSERT_EQ(run(store->issue_tokens(new_tokens(world, number))), Issue::kIssued);
    ASSERT_TRUE(run(store->find_access_token(access_of(number))));
  }
  server.stop(SIGINT);
  server.start();
  for (std::uint64_t number = 100; number < 120; ++number) {
    ASSERT_EQ(run(store->issue_tokens(new_tokens(world, number))), Issue::kIssued);
    ASSERT_TRUE(run(store->find_access_token(access_of(number - 100))));
  }
}

TEST(PostgresInstances, OpenAnEmptyDatabaseTogetherAndSeedItOnce) {
  const std::string url = PostgresServer::shared().new_store_url();
  std::atomic<int> seeded{0};
  std::vector<std::thread> threads;
  for (int instance = 0; instance < 6; ++instance) {
    threads.emplace_back([&] {
      const auto store = open_store({url});
      const auto fill = [](Seeder& seeder) { seeder.add(new_workspace("acme")); };
      if (run(store->seed(fill, kNow))) ++seeded;
      EXPECT_TRUE(run(store->find_workspace("acme")));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(seeded, 1);
}

TEST(PostgresInstances, SeeEachOthersTokensAndRevocationsAtOnce) {
  const std::string url = PostgresServer::shared().new_store_url();
  const auto here = open_store({url});
  const auto there = open_store({url});
  const World world = make_world(*here);
  for (std::uint64_t number = 0; number < 50; ++number) {
    ASSERT_EQ(run(here->issue_tokens(new_tokens(world, number))), Issue::kIssued);
    ASSERT_FALSE(run(there->find_access_token(access_of(number))).value().revoked);
    ASSERT_EQ(run(there->revoke_token(access_of(number), world.consumer_key)),
              Revocation::kRevoked);
    ASSERT_TRUE(run(here->find_access_token(access_of(number))).value().revoked);
  }
}

TEST(S94_PostgresUrl, WhatCannotBeReachedIsToldInOneLineWithoutThePassword) {
  const std::string text = refusal("postgresql://me:hunter2@127.0.0.1:1/hunter2?sslmode=disable");
  EXPECT_THAT(text, HasSubstr("unavailable: the store cannot be reached"));
  EXPECT_THAT(text, HasSubstr("Connection refused"));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
}

TEST(S94_PostgresUrl, WeakTlsIsWarnedOffLoopback) {
  const std::string url = PostgresServer::shared().new_store_url();
  EXPECT_THAT(open_store({url})->warnings(), IsEmpty());
  // libpq takes the first host that answers; what counts is where it might have gone.
  const auto host = url.find("&options");
  const auto with = [&](const std::string& more) { return std::string{url}.insert(host, more); };
  EXPECT_THAT(open_store({with(",::1")})->warnings(), IsEmpty());
  const auto warnings = open_store({with(",db.example.com&sslmode=require")})->warnings();
  EXPECT_THAT(warnings, ::testing::ElementsAre(HasSubstr("sslmode is require")));
}

TEST(S94_PostgresSchema, OfANewerProgramIsRefused) {
  auto& server = PostgresServer::shared();
  const std::string url = server.new_store_url();
  (void)open_store({url});
  server.execute(url, "UPDATE schema_version SET version = 4711");
  EXPECT_THAT(refusal(url), HasSubstr("newer_schema: the store has schema 4711"));
}

}  // namespace
}  // namespace bbgrant::store::testing

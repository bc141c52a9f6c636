// SPDX-License-Identifier: MIT
// S16, S57: a fault at each step of a call stores nothing of it, says so, and is over when its
// cause is. What ran before stays. Real SQLite, real file; only the fault is made.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/database.hpp"
#include "store/failing_step.hpp"
#include "store/faulty_disk.hpp"
#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

using Kind = StoreError::Kind;

/// A call that changes something, and how one sees that it did.
struct Call {
  const char* name;
  std::function<void(Store&, const World&)> make;
  std::function<bool(Store&, const World&)> happened;
};

bool is_dead(Store& store, std::uint64_t number) {
  const auto token = run(store.find_access_token(access_of(number)));
  return !token || token->revoked;
}

constexpr Hash kSession = {1}, kTicket = {2}, kCode = {3}, kSpentCode = {4};
constexpr std::uint64_t kOfSpentCode = 7;

WebSession session_of(Store& store) {
  return run(store.find_session(kSession, kNow, SessionLife{})).value();
}

NewCode code_of(const World& world, const Hash& hash) {
  NewCode code;
  code.hash = hash;
  code.consumer_key = world.consumer_key;
  code.account = world.alice;
  code.secret_version = code.password_version = 1;
  code.expires_on = kNow + kTwoHours;
  return code;
}

// What the pages leave behind: a session, a request that alice was shown, a code, and one
// that was spent.
void add_authorization(Store& store, const World& world) {
  (void)run(store.open_session(kSession, kNow));
  const auto session = session_of(store).id;
  AuthorizationRequest request;
  request.consumer_key = world.consumer_key;
  request.expires_on = kNow + kTwoHours;
  run(store.add_authorization_request(kTicket, session, request));
  run(store.show_authorization_request(kTicket, world.alice));
  for (const Hash& hash : {kCode, kSpentCode}) run(store.add_code(code_of(world, hash)));
  ASSERT_EQ(
      run(store.spend_code({.hash = kSpentCode, .now = kNow}, new_tokens(world, kOfSpentCode))),
      Spend::kIssued);
}

// The store has alice's tokens number 1 and add_authorization() before each call.
const std::vector<Call>& calls() {
  static const std::vector<Call> all = {
      {"issue_tokens",
       [](Store& s, const World& w) { (void)run(s.issue_tokens(new_tokens(w, 2))); },
       [](Store& s, const World& w) {
         return run(s.find_access_token(access_of(2))).has_value() ||
                run(s.find_refresh_token(refresh_of(2), w.consumer_key)).has_value();
       }},
      {"spend_code",
       [](Store& s, const World& w) {
         (void)run(s.spend_code({.hash = kCode, .now = kNow}, new_tokens(w, 2)));
       },
       [](Store& s, const World& w) {
         return run(s.find_access_token(access_of(2))).has_value() ||
                run(s.find_refresh_token(refresh_of(2), w.consumer_key)).has_value();
       }},
      {"spend_code a second time",
       [](Store& s, const World& w) {
         (void)run(s.spend_code({.hash = kSpentCode, .now = kNow}, new_tokens(w, 2)));
       },
       [](Store& s, const World&) { return is_dead(s, kOfSpentCode); }},
      {"add_code", [](Store& s, const World& w) { run(s.add_code(code_of(w, {9}))); },
       [](Store& s, const World& w) { return run(s.find_code({9}, w.consumer_key)).has_value(); }},
      {"take_authorization_request",
       [](Store& s, const World& w) {
         (void)run(s.take_authorization_request(kTicket, session_of(s).id, w.alice, kNow));
       },
       [](Store& s, const World&) {
         return !run(s.find_authorization_request(kTicket, session_of(s).id, kNow)).has_value();
       }},
      {"renew_session",
       [](Store& s, const World& w) {
         (void)run(s.renew_session(kSession, {8}, SignIn{.account = w.alice, .password_version = 1},
                                   kNow));
       },
       [](Store& s, const World&) {
         return !run(s.find_session(kSession, kNow, SessionLife{})).has_value();
       }},
      {"issue_from_refresh",
       [](Store& s, const World& w) { (void)run(s.issue_from_refresh(new_refreshed(w, 1, 3))); },
       [](Store& s, const World&) { return run(s.find_access_token(access_of(3))).has_value(); }},
      {"rotate_refresh_token",
       [](Store& s, const World& w) {
         RotatedToken token{.refreshed = new_refreshed(w, 1, 3),
                            .successor_hash = refresh_of(3),
                            .successor_sealed = {1},
                            .retry_until = kNow + 10 * kTwoHours};
         (void)run(s.rotate_refresh_token(std::move(token)));
       },
       [](Store& s, const World& w) {
         const auto spent = run(s.find_refresh_token(refresh_of(1), w.consumer_key));
         return spent->revoked || run(s.find_access_token(access_of(3))).has_value() ||
                run(s.find_refresh_token(refresh_of(3), w.consumer_key)).has_value();
       }},
      {"revoke access token",
       [](Store& s, const World& w) { (void)run(s.revoke_token(access_of(1), w.consumer_key)); },
       [](Store& s, const World&) { return is_dead(s, 1); }},
      {"revoke refresh token",
       [](Store& s, const World& w) { (void)run(s.revoke_token(refresh_of(1), w.consumer_key)); },
       [](Store& s, const World&) { return is_dead(s, 1); }},
      {"set_password", [](Store& s, const World& w) { run(s.set_password(w.alice, "$new")); },
       [](Store& s, const World&) { return is_dead(s, 1); }},
      {"renew_secret",
       [](Store& s, const World& w) { run(s.renew_secret(w.consumer_key, hash_number(9), {1})); },
       [](Store& s, const World&) { return is_dead(s, 1); }},
      {"update_consumer with a new secret",
       [](Store& s, const World& w) {
         auto changed = run(s.find_consumer(w.consumer_key)).value();
         changed.name = "Renamed";
         changed.secret_hash = hash_number(9);
         run(s.update_consumer(std::move(changed), true));
       },
       [](Store& s, const World& w) {
         return is_dead(s, 1) || run(s.find_consumer(w.consumer_key))->name == "Renamed";
       }},
      {"add_account", [](Store& s, const World&) { (void)run(s.add_account(new_account("bob"))); },
       [](Store& s, const World&) { return run(s.find_account_by_login("bob")).has_value(); }},
      {"add_throttle",
       [](Store& s, const World&) {
         run(s.add_throttle({{"a", "k", 1, false, kNow, 1}, {"b", "k", 1, false, kNow, 1}}));
       },
       [](Store& s, const World&) { return !run(s.load_throttle(9)).empty(); }},
      {"prune_expired",
       [](Store& s, const World&) { run(s.prune_expired(kNow + 3 * kTwoHours, 100)); },
       [](Store& s, const World&) { return !run(s.find_access_token(access_of(1))).has_value(); }},
      {"remove_account", [](Store& s, const World& w) { run(s.remove_account(w.alice)); },
       [](Store& s, const World& w) { return !run(s.find_account(w.alice)).has_value(); }},
  };
  return all;
}

class S16_FaultAtEachStep : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Rollback, S16_FaultAtEachStep, ::testing::Bool(),
                         [](const auto& instance) {
                           return instance.param ? "FailsToo" : "Works";
                         });

TEST_P(S16_FaultAtEachStep, StoresNothingAndIsOverWithItsCause) {
  for (const Call& call : calls()) {
    const TemporaryFolder folder;
    FailingStep failing;
    Store store{open_sqlite_file(folder.file(), {.on_step = failing.hook()})};
    const World world = make_world(store);
    ASSERT_EQ(run(store.issue_tokens(new_tokens(world, 1))), Issue::kIssued);
    add_authorization(store, world);
    failing.fail_rollback = GetParam();
    int step = 0;
    while (true) {
      SCOPED_TRACE(std::string{call.name} + ", step " + std::to_string(step));
      ASSERT_LT(step, 50);
      failing.steps = 0;
      failing.fail_at = step;
      const auto kind = kind_thrown_by([&] { call.make(store, world); });
      failing.fail_at = -1;
      if (!kind) break;  // there is no such step: the call went through
      EXPECT_EQ(kind, Kind::kUnavailable);
      EXPECT_FALSE(call.happened(store, world));
      EXPECT_FALSE(is_dead(store, 1)) << "what was acknowledged before";
      ++step;
    }
    EXPECT_GE(step, 3) << "begin, at least one statement, commit";
    EXPECT_TRUE(call.happened(store, world)) << call.name;
    EXPECT_FALSE(run(store.health()));
  }
}

class S57_Death : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(S57_Death, LockHeldBeyondTheWaitIsBusyAndReadsGoOn) {
  const auto store =
      open_store({"sqlite:" + folder_.file()}, {.busy_timeout = std::chrono::milliseconds{50}});
  const World world = make_world(*store);
  ASSERT_EQ(run(store->issue_tokens(new_tokens(world, 1))), Issue::kIssued);
  const auto other = sqlite::open_handle(folder_.file(), {});
  sqlite::run_script(other.get(), "BEGIN IMMEDIATE");
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store->issue_tokens(new_tokens(world, 2))); }),
            Kind::kBusy);
  EXPECT_TRUE(run(store->find_access_token(access_of(1))));
  EXPECT_EQ(run(store->health()).value().kind(), Kind::kBusy);
  sqlite::run_script(other.get(), "COMMIT");
  EXPECT_FALSE(run(store->health()));
  EXPECT_EQ(run(store->issue_tokens(new_tokens(world, 2))), Issue::kIssued);
}

TEST_F(S57_Death, DiskThatFailsHasAKindForEachCauseAndIsOverWithIt) {
  const struct {
    std::atomic<int> FaultyDisk::* where;
    int code;
    Kind expected;
  } cases[] = {{&FaultyDisk::on_write, SQLITE_IOERR_WRITE, Kind::kUnavailable},
               {&FaultyDisk::on_write, SQLITE_FULL, Kind::kFull},
               {&FaultyDisk::on_write, SQLITE_READONLY, Kind::kReadOnly},
               {&FaultyDisk::on_sync, SQLITE_IOERR_FSYNC, Kind::kUnavailable},
               {&FaultyDisk::on_lock, SQLITE_BUSY, Kind::kBusy},
               {&FaultyDisk::on_lock, SQLITE_IOERR_SHMLOCK, Kind::kUnavailable}};
  FaultyDisk disk;
  Store store{open_sqlite_file(
      folder_.file(), {.busy_timeout = std::chrono::milliseconds{20}, .vfs = disk.name()})};
  const World world = make_world(store);
  std::uint64_t number = 1;
  for (const auto& line : cases) {
    SCOPED_TRACE(line.code);
    disk.*line.where = line.code;
    EXPECT_EQ(kind_thrown_by([&] { (void)run(store.issue_tokens(new_tokens(world, number))); }),
              line.expected);
    disk.*line.where = 0;
    EXPECT_FALSE(run(store.find_access_token(access_of(number))));
    EXPECT_EQ(run(store.issue_tokens(new_tokens(world, number))), Issue::kIssued);
    ++number;
  }
  for (std::uint64_t issued = 1; issued < number; ++issued) EXPECT_FALSE(is_dead(store, issued));
}

TEST_F(S57_Death, ReadThatFailsIsAFaultAndNotAMissingToken) {
  FaultyDisk disk;
  {
    Store store{open_sqlite_file(folder_.file(), {.vfs = disk.name()})};
    const World world = make_world(store);
    ASSERT_EQ(run(store.issue_tokens(new_tokens(world, 1))), Issue::kIssued);
  }
  // A fresh store has nothing in its caches, so it has to read.
  Store store{open_sqlite_file(folder_.file(), {.vfs = disk.name()})};
  disk.on_read = SQLITE_IOERR_READ;
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store.find_access_token(access_of(1))); }),
            Kind::kUnavailable);
  EXPECT_TRUE(run(store.health()));
  disk.on_read = 0;
  EXPECT_TRUE(run(store.find_access_token(access_of(1))));
  EXPECT_FALSE(run(store.health()));
}

TEST_F(S57_Death, FileThatWasRemovedTakesNoMoreWrites) {
  const auto store = open_store({"sqlite:" + folder_.file()});
  const World world = make_world(*store);
  ASSERT_EQ(::unlink(folder_.file().c_str()), 0);
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store->issue_tokens(new_tokens(world, 1))); }),
            Kind::kUnavailable)
      << "an acknowledged token would be lost with the file";
  EXPECT_TRUE(run(store->health()));
}

TEST_F(S57_Death, DamagedAndForeignFilesAreRefusedAndLeftAlone) {
  const auto write = [&](const std::string& content) {
    const int file = ::open(folder_.file().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ASSERT_EQ(::write(file, content.data(), content.size()), std::ssize(content));
    ::close(file);
  };
  write("This is a letter to my mother, and no database at all." + std::string(2000, '.'));
  EXPECT_EQ(kind_thrown_by([&] { (void)open_store({"sqlite:" + folder_.file()}); }),
            Kind::kCorrupt);
  EXPECT_EQ(std::filesystem::file_size(folder_.file()), 2054U);

  write("");
  {
    const auto foreign = sqlite::open_handle(folder_.file(), {});
    sqlite::run_script(foreign.get(), "CREATE TABLE recipes (name TEXT)");
  }
  EXPECT_EQ(kind_thrown_by([&] { (void)open_store({"sqlite:" + folder_.file()}); }),
            Kind::kCorrupt);
  const auto foreign = sqlite::open_handle(folder_.file(), {});
  sqlite::run_script(foreign.get(), "INSERT INTO recipes VALUES ('bread')");
}

TEST_F(S57_Death, FileDamagedUnderARunningStoreIsAFault) {
  {
    const auto store = open_store({"sqlite:" + folder_.file()});
    const World world = make_world(*store);
    for (std::uint64_t number = 0; number < 200; ++number) {
      ASSERT_EQ(run(store->issue_tokens(new_tokens(world, number))), Issue::kIssued);
    }
  }
  // Everything behind the first page, which holds the list of tables.
  const auto size = std::filesystem::file_size(folder_.file());
  ASSERT_GT(size, 40'960U);
  const int file = ::open(folder_.file().c_str(), O_WRONLY);
  const std::string noise(size - 12'288, '\x5a');
  ASSERT_EQ(::pwrite(file, noise.data(), noise.size(), 12'288), std::ssize(noise));
  ::close(file);
  EXPECT_EQ(kind_thrown_by([&] {
              const auto store = open_store({"sqlite:" + folder_.file()});
              (void)run(store->find_access_token(access_of(1)));
            }),
            Kind::kCorrupt);
}

TEST(S94_NewerSchema, IsRefusedWithBothNumbersAndLeftAlone) {
  const TemporaryFolder folder;
  {
    const auto store = open_store({"sqlite:" + folder.file()});
  }
  {
    const auto newer = sqlite::open_handle(folder.file(), {});
    sqlite::run_script(newer.get(), "UPDATE schema_version SET version = 4711");
  }
  for (int time = 0; time < 2; ++time) {
    try {
      (void)open_store({"sqlite:" + folder.file()});
      ADD_FAILURE() << "was opened";
    } catch (const StoreError& error) {
      EXPECT_EQ(error.kind(), Kind::kNewerSchema);
      EXPECT_NE(std::string_view{error.what()}.find("4711"), std::string_view::npos);
    }
  }
}

}  // namespace
}  // namespace bbgrant::store::testing

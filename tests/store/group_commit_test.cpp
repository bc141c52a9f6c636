// SPDX-License-Identifier: MIT
// One commit for many callers, and nobody told before it (house style, "Store").
#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "store/database.hpp"
#include "store/faulty_disk.hpp"
#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

/// Counts steps of the writer and holds it at its next commit until it is let go.
class Gate {
 public:
  [[nodiscard]] sqlite::StepHook hook() {
    return [this](std::string_view step) {
      if (step == "begin") ++begins;
      if (step != "commit") return;
      ++commits;
      if (!holding_.exchange(false)) return;
      reached_.set_value();
      go_.get_future().wait();
    };
  }
  void hold_next_commit() {
    reached_ = {};
    go_ = {};
    holding_ = true;
  }
  void wait_until_held() { reached_.get_future().wait(); }
  void let_go() { go_.set_value(); }

  std::atomic<int> begins{0};
  std::atomic<int> commits{0};

 private:
  std::atomic<bool> holding_{false};
  std::promise<void> reached_;
  std::promise<void> go_;
};

/// Callers on one loop, whose calls the writer is kept from until all of them wait.
class GroupCommit : public ::testing::Test {
 protected:
  void call(boost::asio::awaitable<void> what) {
    boost::asio::co_spawn(loop_, std::move(what),
                          [](std::exception_ptr error) { EXPECT_FALSE(error) << "a call threw"; });
  }

  boost::asio::awaitable<void> issue(NewTokens tokens) {
    try {
      if (co_await store_->issue_tokens(std::move(tokens)) == Issue::kIssued) ++issued_;
      syncs_when_told_ = disk_.syncs.load();
    } catch (const StoreError& error) {
      const std::lock_guard lock{mutex_};
      faults_.push_back(error.kind());
    }
  }

  /// Spawns one call, then the rest while the first one's commit is held back.
  void issue_together(std::vector<NewTokens> all) {
    gate_.hold_next_commit();
    call(issue(std::move(all.front())));
    loop_.poll();
    gate_.wait_until_held();
    for (std::size_t at = 1; at < all.size(); ++at) call(issue(std::move(all[at])));
    loop_.poll();
  }

  std::vector<NewTokens> numbered(std::uint64_t count) {
    std::vector<NewTokens> all;
    for (std::uint64_t number = 0; number < count; ++number) {
      all.push_back(new_tokens(world_, number));
    }
    return all;
  }

  bool found(std::uint64_t number) {
    return run(store_->find_access_token(access_of(number))).has_value();
  }

  TemporaryFolder folder_;
  FaultyDisk disk_;
  Gate gate_;
  boost::asio::io_context loop_;
  std::shared_ptr<Store> store_ = std::make_shared<Store>(
      open_sqlite_file(folder_.file(), {.busy_timeout = std::chrono::milliseconds{200},
                                        .vfs = disk_.name(),
                                        .on_step = gate_.hook()}));
  World world_ = make_world(*store_);
  int issued_ = 0;
  int syncs_when_told_ = 0;
  std::mutex mutex_;
  std::vector<StoreError::Kind> faults_;
};

TEST_F(GroupCommit, SixtyFourCallersShareTwoCommits) {
  const int before = gate_.commits;
  issue_together(numbered(64));
  gate_.let_go();
  loop_.run();
  EXPECT_EQ(issued_, 64);
  EXPECT_EQ(gate_.commits - before, 2) << "the first caller's, then one for the other 63";
  for (std::uint64_t number = 0; number < 64; ++number) EXPECT_TRUE(found(number)) << number;
}

TEST_F(GroupCommit, NobodyIsToldBeforeTheCommitIsOnTheDisk) {
  issue_together(numbered(8));
  EXPECT_EQ(issued_, 0);
  EXPECT_FALSE(found(0)) << "and nobody sees it either";
  const int syncs_before = disk_.syncs;
  gate_.let_go();
  loop_.run();
  EXPECT_EQ(issued_, 8);
  EXPECT_GE(syncs_when_told_, syncs_before + 2) << "each commit syncs its log";
}

TEST_F(GroupCommit, OneThatFailsTakesBackItsOwnPartOnly) {
  auto all = numbered(16);
  all[7].access_hash = all[6].access_hash;
  all[9].secret_version = 99;
  issue_together(std::move(all));
  gate_.let_go();
  loop_.run();
  EXPECT_EQ(issued_, 14);
  EXPECT_EQ(faults_, (std::vector{StoreError::Kind::kConflict}));
  EXPECT_FALSE(run(store_->find_refresh_token(refresh_of(7), "key")));
  EXPECT_TRUE(found(8));
  EXPECT_FALSE(run(store_->health())) << "a caller's conflict says nothing about the store";
}

using S57_CommitThatFails = GroupCommit;

TEST_F(S57_CommitThatFails, IsToldToEveryCallerOfTheBatch) {
  issue_together(numbered(16));
  disk_.on_sync = 10 | (4 << 8);  // SQLITE_IOERR_FSYNC
  gate_.let_go();
  loop_.run();
  EXPECT_EQ(issued_, 0);
  EXPECT_EQ(faults_, std::vector(16, StoreError::Kind::kUnavailable));
  for (std::uint64_t number = 0; number < 16; ++number) EXPECT_FALSE(found(number)) << number;
  ASSERT_TRUE(run(store_->health()));
  EXPECT_EQ(run(store_->health())->kind(), StoreError::Kind::kUnavailable);

  disk_.on_sync = 0;
  EXPECT_FALSE(run(store_->health())) << "it recovers alone";
  EXPECT_EQ(run(store_->issue_tokens(new_tokens(world_, 3))), Issue::kIssued);
  EXPECT_TRUE(found(3));
}

TEST_F(S57_CommitThatFails, LeavesWhatWasCommittedBefore) {
  ASSERT_EQ(run(store_->issue_tokens(new_tokens(world_, 1))), Issue::kIssued);
  disk_.on_write = 13;  // SQLITE_FULL
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store_->issue_tokens(new_tokens(world_, 2))); }),
            StoreError::Kind::kFull);
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store_->revoke_token(access_of(1), "key")); }),
            StoreError::Kind::kFull);
  EXPECT_FALSE(run(store_->find_access_token(access_of(1)))->revoked);
  disk_.on_write = 0;
  EXPECT_TRUE(found(1));
  EXPECT_FALSE(found(2));
  store_.reset();
  store_ = open_store({"sqlite:" + folder_.file()});
  EXPECT_TRUE(found(1));
  EXPECT_FALSE(found(2));
}

TEST(S57_TransactionTakenBackBySqlite, FailsWhatRanInItAndNotWhatComesAfter) {
  const TemporaryFolder folder;
  Gate gate;
  const auto database = open_sqlite_file(folder.file(), {.on_step = gate.hook()});
  const auto write = [&](Database::Work work) {
    auto answer = std::make_shared<std::promise<std::optional<Fault>>>();
    auto future = answer->get_future();
    database->submit(Database::Access::kWrite, std::move(work),
                     [answer](std::optional<Fault> fault) { answer->set_value(std::move(fault)); });
    return future;
  };
  ASSERT_FALSE(write([](Connection& c) { c.script("CREATE TABLE t (n INTEGER)"); }).get());
  gate.hold_next_commit();
  auto held = write([](Connection&) {});
  gate.wait_until_held();
  auto before = write([](Connection& c) { c.execute("INSERT INTO t VALUES (1)", {}); });
  // As SQLite does by itself when the disk is full.
  auto breaks = write([](Connection& c) {
    c.script("ROLLBACK");
    throw StoreError{StoreError::Kind::kFull, "as if the disk were full"};
  });
  auto after = write([](Connection& c) { c.execute("INSERT INTO t VALUES (3)", {}); });
  gate.let_go();
  EXPECT_FALSE(held.get());
  const auto fault_before = before.get();
  ASSERT_TRUE(fault_before);
  EXPECT_EQ(fault_before->kind, StoreError::Kind::kFull);
  EXPECT_TRUE(breaks.get());
  EXPECT_FALSE(after.get());
  std::int64_t sum = 0;
  database->run_blocking(Database::Access::kRead,
                         [&](Connection& c) { sum = c.number("SELECT sum(n) FROM t"); });
  EXPECT_EQ(sum, 3);
}

TEST(BoundedQueue, FullOneAnswersBusyAtOnce) {
  const TemporaryFolder folder;
  Gate gate;
  const auto database =
      open_sqlite_file(folder.file(), {.most_waiting = 2, .on_step = gate.hook()});
  std::atomic<int> busy{0};
  std::atomic<int> done{0};
  const auto write = [&] {
    database->submit(
        Database::Access::kWrite, [](Connection&) {},
        [&](std::optional<Fault> fault) {
          if (fault && fault->kind == StoreError::Kind::kBusy) ++busy;
          ++done;
        });
  };
  gate.hold_next_commit();
  write();
  gate.wait_until_held();
  for (int i = 0; i < 5; ++i) write();
  EXPECT_EQ(busy, 3);
  gate.let_go();
  database->close();
  EXPECT_EQ(done, 6);
}

}  // namespace
}  // namespace bbgrant::store::testing

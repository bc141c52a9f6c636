// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "store/store.hpp"
#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

using SeedContract = StoreContract;
BBGRANT_FOR_EVERY_DRIVER(SeedContract);

void fill(Seeder& seeder) {
  const Workspace acme = new_workspace("acme");
  seeder.add(acme);
  NewAccount alice = new_account("alice");
  alice.account.demo = true;
  const AccountId id = seeder.add(alice);
  seeder.add(Membership{acme.uuid, id, WorkspacePermission::kOwner});
  Consumer consumer = new_consumer("key", acme.uuid);
  consumer.owner = id;
  consumer.demo = true;
  seeder.add(consumer);
}

TEST_P(SeedContract, IsDoneOnceAndWhole) {
  EXPECT_FALSE(run(store_->seeded()));
  EXPECT_TRUE(run(store_->seed(fill, kNow)));
  EXPECT_TRUE(run(store_->seeded()));
  EXPECT_FALSE(run(store_->seed(fill, kNow)));
  EXPECT_EQ(run(store_->list_accounts({})).size, 1);
  EXPECT_TRUE(run(store_->find_consumer("key")));
}

TEST_P(SeedContract, ThatFailsHalfWayLeavesNothing) {
  EXPECT_EQ(kind_thrown_by([&] {
              run(store_->seed(
                  [](Seeder& seeder) {
                    fill(seeder);
                    fill(seeder);
                  },
                  kNow));
            }),
            StoreError::Kind::kConflict);
  EXPECT_FALSE(run(store_->seeded()));
  EXPECT_FALSE(run(store_->find_workspace("acme")));
  EXPECT_TRUE(run(store_->seed(fill, kNow)));
}

TEST_P(SeedContract, ForeignExceptionIsAFaultAndLeavesNothing) {
  EXPECT_EQ(kind_thrown_by(
                [&] { run(store_->seed([](Seeder&) { throw std::logic_error{"bug"}; }, kNow)); }),
            StoreError::Kind::kUnexpected);
  EXPECT_FALSE(run(store_->seeded()));
}

TEST_P(SeedContract, SeesWhatIsThereAndWhatItAdded) {
  ASSERT_TRUE(run(store_->seed(fill, kNow)));
  run(store_->add([](Seeder& seeder) {
    const auto acme = seeder.find_workspace("acme").value();
    EXPECT_EQ(seeder.owner_of(acme), seeder.find_account("alice"));
    EXPECT_TRUE(seeder.find_account("alice"));
    EXPECT_FALSE(seeder.find_account("bob"));
    seeder.add(new_account("bob"));
    EXPECT_TRUE(seeder.find_account("bob"));
    EXPECT_FALSE(seeder.find_project(acme, "P"));
    seeder.add(Project{.uuid = "{p}",
                       .key = "P",
                       .name = "P",
                       .workspace_uuid = acme,
                       .is_private = true,
                       .created_on = kNow});
    EXPECT_EQ(seeder.find_project(acme, "P"), "{p}");
    EXPECT_FALSE(seeder.find_repository("acme/one"));
  }));
  EXPECT_EQ(run(store_->list_accounts({})).size, 2);
}

TEST_P(SeedContract, AddingThatFailsHalfWayAddsNothing) {
  ASSERT_TRUE(run(store_->seed(fill, kNow)));
  EXPECT_EQ(kind_thrown_by([&] {
              run(store_->add([](Seeder& seeder) {
                seeder.add(new_account("bob"));
                seeder.add(new_account("alice"));
              }));
            }),
            StoreError::Kind::kConflict);
  EXPECT_EQ(run(store_->list_accounts({})).size, 1);
}

TEST_P(SeedContract, ResetTakesEverythingOutAndFillsAnew) {
  const World world = make_world(*store_);
  ASSERT_EQ(run(store_->issue_tokens(new_tokens(world, 1))), Issue::kIssued);
  EXPECT_TRUE(run(store_->reset(fill, false)));
  EXPECT_FALSE(run(store_->find_access_token(access_of(1))));
  EXPECT_EQ(run(store_->list_accounts({})).size, 1);
  EXPECT_NE(run(store_->find_account_by_login("alice"))->id, world.alice)
      << "what is kept elsewhere by the old number must not fit the new account";
  EXPECT_TRUE(run(store_->is_demo()));
}

TEST_P(SeedContract, ResetThatFailsHalfWayChangesNothing) {
  ASSERT_TRUE(run(store_->seed(fill, kNow)));
  const auto before = run(store_->find_account_by_login("alice"))->id;
  EXPECT_TRUE(kind_thrown_by(
      [&] { run(store_->reset([](Seeder&) { throw std::logic_error{"bug"}; }, false)); }));
  EXPECT_EQ(run(store_->find_account_by_login("alice"))->id, before);
}

TEST_P(SeedContract, S61_ResetLeavesAStoreAloneThatIsNoDemo) {
  ASSERT_TRUE(run(store_->seed(fill, kNow)));
  ASSERT_TRUE(run(store_->add_account(new_account("me"))));
  EXPECT_FALSE(run(store_->reset(fill, true)));
  EXPECT_TRUE(run(store_->find_account_by_login("me")));
}

using S61_DemoStore = StoreContract;
BBGRANT_FOR_EVERY_DRIVER(S61_DemoStore);

TEST_P(S61_DemoStore, IsOneWhileNothingElseWasAdded) {
  EXPECT_TRUE(run(store_->is_demo()));
  ASSERT_TRUE(run(store_->seed(fill, kNow)));
  EXPECT_TRUE(run(store_->is_demo()));
  ASSERT_TRUE(run(store_->add_consumer(new_consumer("mine", new_workspace("acme").uuid))));
  EXPECT_FALSE(run(store_->is_demo()));
  ASSERT_TRUE(run(store_->remove_consumer("mine")));
  EXPECT_TRUE(run(store_->is_demo()));
  ASSERT_TRUE(run(store_->add_account(new_account("me"))));
  EXPECT_FALSE(run(store_->is_demo()));
}

using ThrottleContract = StoreContract;
BBGRANT_FOR_EVERY_DRIVER(ThrottleContract);

ThrottleChange change(const char* kind, std::string key, std::int64_t thousandths, int seconds) {
  return {.kind = kind,
          .key = std::move(key),
          .thousandths = thousandths,
          .last_failure = kNow + std::chrono::seconds{seconds},
          .leak = 3600};
}

TEST_P(ThrottleContract, WhatInstancesCountAddsUp) {
  const std::string bytes{"\0\xff\x80", 3};
  run(store_->add_throttle({change("pair", bytes, 3000, 10), change("address", bytes, 1000, 5)}));
  run(store_->add_throttle({change("pair", bytes, 4000, 11)}));
  const auto loaded = run(store_->load_throttle(100));
  ASSERT_EQ(loaded.size(), 2U);
  EXPECT_EQ(loaded[0].kind, "address");
  EXPECT_EQ(loaded[1].kind, "pair");
  EXPECT_EQ(loaded[1].key, bytes);
  EXPECT_EQ(loaded[1].thousandths, 6999) << "one leaked in the second between";
  EXPECT_EQ(loaded[1].last_failure, kNow + std::chrono::seconds{11});
  const auto pair = [&](const ThrottleChange& added) {
    run(store_->add_throttle({added}));
    const auto newest = run(store_->load_throttle(1, kNow + std::chrono::seconds{6}));
    return std::pair{newest.at(0).thousandths, (newest.at(0).last_failure - kNow).count()};
  };
  EXPECT_EQ(pair(change("pair", bytes, 1000, 2)), (std::pair{7999L, 11L})) << "a clock behind";
  EXPECT_EQ(pair(change("pair", bytes, 1000, 10'011)), (std::pair{1000L, 10'011L})) << "leaked";
  auto afresh = change("pair", bytes, 0, 10'012);
  afresh.afresh = true;
  EXPECT_EQ(pair(afresh), (std::pair{0L, 10'012L})) << "others have to hear of it";
}

TEST_P(ThrottleContract, NoCountIsLostWhenManyCountAtOnce) {
  testing::BorrowedLoop borrowed;
  auto& loop = borrowed.get();
  for (int i = 0; i < 32; ++i) {
    auto both = {change("pair", i % 2 == 0 ? "a" : "b", 1000, 0),
                 change("pair", i % 2 == 0 ? "b" : "a", 1000, 0)};
    boost::asio::co_spawn(loop, store_->add_throttle(both),
                          [](std::exception_ptr error) { EXPECT_FALSE(error); });
  }
  loop.run();
  for (const auto& counter : run(store_->load_throttle(9))) EXPECT_EQ(counter.thousandths, 32'000);
}

TEST_P(ThrottleContract, TableStaysBounded) {
  std::vector<ThrottleChange> many;
  for (int i = 0; i < 50; ++i)
    many.push_back(change("pair", std::string{'p'}.append(std::to_string(i)), 1, i));
  many.push_back(change("address", "a", 1, 0));
  run(store_->add_throttle(many));
  EXPECT_EQ(run(store_->prune_throttle(kNow - std::chrono::seconds{1}, 10)), 40U);
  const auto left = run(store_->load_throttle(100));
  ASSERT_EQ(left.size(), 11U);
  EXPECT_EQ(left[1].key, "p40") << "those that failed last stay";
  EXPECT_EQ(run(store_->load_throttle(3)).size(), 3U);
  EXPECT_EQ(run(store_->prune_throttle(kNow + std::chrono::hours{1}, 10)), 11U);
}

using StoreLife = StoreContract;
BBGRANT_FOR_EVERY_DRIVER(StoreLife);

TEST_P(StoreLife, CloseFinishesWhatWasAcceptedAndRefusesTheRest) {
  const World world = make_world(*store_);
  boost::asio::io_context loop;
  std::atomic<int> issued{0};
  constexpr std::uint64_t kCalls = 32;
  for (std::uint64_t number = 0; number < kCalls; ++number) {
    boost::asio::co_spawn(
        loop,
        [&, number]() -> boost::asio::awaitable<void> {
          if (co_await store_->issue_tokens(new_tokens(world, number)) == Issue::kIssued) ++issued;
        },
        [](std::exception_ptr error) { EXPECT_FALSE(error); });
  }
  loop.poll();
  store_->close();
  loop.run();
  EXPECT_EQ(issued, kCalls);
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store_->find_access_token(access_of(1))); }),
            StoreError::Kind::kUnavailable);
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store_->issue_tokens(new_tokens(world, 99))); }),
            StoreError::Kind::kUnavailable);
  const auto health = run(store_->health());
  ASSERT_TRUE(health);
  EXPECT_EQ(health->kind(), StoreError::Kind::kUnavailable);
  store_->close();
}

TEST_P(StoreLife, CallerIsResumedOnItsOwnLoop) {
  const auto here = std::this_thread::get_id();
  run([](Store& store, std::thread::id expected) -> boost::asio::awaitable<void> {
    co_await store.seeded();
    EXPECT_EQ(std::this_thread::get_id(), expected);
    co_await store.add_throttle({});
    EXPECT_EQ(std::this_thread::get_id(), expected);
  }(*store_, here));
}

TEST_P(StoreLife, HealthyStoreSaysNothing) { EXPECT_FALSE(run(store_->health())); }

TEST(S94_StoreUrl, WhatCannotBeOpenedIsRefusedWithoutItsSecrets) {
  const struct {
    const char* url;
    const char* says;
  } cases[] = {{"postgresql://me:x@x:hunter2@db/x", "with %XX for special characters"},
               {"postgresql://me:x@hunter2@db/x", "with %XX for special characters"},
               {"postgresql://me:hunter2%@db/x", "with %XX for special characters"},
               {"postgres://me:hunter2@x@db/x?sslmode", "with %XX for special characters"},
               {"postgresql:me:hunter2", "memory, sqlite:FILE or postgresql://"},
               {"sqlite:", "memory, sqlite:FILE or postgresql://"},
               {"hunter2", "memory, sqlite:FILE or postgresql://"},
               {"", "memory, sqlite:FILE or postgresql://"},
               {"Memory", "memory, sqlite:FILE or postgresql://"}};
  for (const auto& line : cases) {
    try {
      (void)open_store({line.url});
      ADD_FAILURE() << line.url << " was opened";
    } catch (const StoreError& error) {
      EXPECT_EQ(error.kind(), StoreError::Kind::kBadUrl) << line.url;
      EXPECT_NE(std::string{error.what()}.find(line.says), std::string::npos) << error.what();
      EXPECT_EQ(std::string{error.what()}.find("hunter2"), std::string::npos) << error.what();
    }
  }
}

TEST(MemoryStore, IsItsOwnAndOpensNoFile) {
  const auto open_files = [] {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
      std::error_code gone;
      names.push_back(std::filesystem::read_symlink(entry.path(), gone).string());
    }
    std::erase_if(names, [](const std::string& name) { return name.find("/fd") != name.npos; });
    std::sort(names.begin(), names.end());
    return names;
  };
  const auto before = open_files();
  const auto first = open_store({"memory"});
  const auto second = open_store({"memory"});
  ASSERT_TRUE(run(first->add_account(new_account("alice"))));
  EXPECT_FALSE(run(second->find_account_by_login("alice")));
  EXPECT_EQ(open_files(), before);
}

}  // namespace
}  // namespace bbgrant::store::testing

// SPDX-License-Identifier: MIT
// S57: what was acknowledged is there after kill -9 and after a full disk. And several processes on
// one file, as when `bbgrant user` runs beside a sandbox.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

constexpr std::uint64_t kCallers = 16;

/// A process that runs a function and writes numbers to us through a pipe. No thread may run here
/// when it is started, so no store may be open.
class Child {
 public:
  /// @param body  its result is the exit status; it must not return to GoogleTest.
  explicit Child(const std::function<int(int pipe)>& body) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error{"pipe"};
    id_ = ::fork();
    if (id_ == 0) {
      ::close(ends[0]);
      int status = 99;
      try {
        status = body(ends[1]);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
      }
      ::_exit(status);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    kill();
    wait();
    ::close(pipe_);
  }

  /// The next number that it wrote; nothing once it has ended.
  std::optional<std::uint64_t> next() {
    std::uint64_t number = 0;
    const auto got = ::read(pipe_, &number, sizeof number);
    return got == sizeof number ? std::optional{number} : std::nullopt;
  }
  void kill() {
    if (id_ > 0) ::kill(id_, SIGKILL);
  }
  int wait() {
    if (id_ <= 0) return -1;
    int status = 0;
    ::waitpid(id_, &status, 0);
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  ::pid_t id_ = -1;
  int pipe_ = -1;
};

void tell(int pipe, std::uint64_t number) {
  if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(98);
}

/// Issues tokens from `kCallers` threads until it is stopped from outside, and tells each that was
/// acknowledged; every third is revoked as well, which is told as its number plus one.
[[noreturn]] void issue_for_ever(Store& store, const World& world, std::uint64_t first, int pipe) {
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> next{first};
  for (std::uint64_t caller = 0; caller < kCallers; ++caller) {
    threads.emplace_back([&] {
      while (true) {
        const std::uint64_t number = next.fetch_add(2);
        if (run(store.issue_tokens(new_tokens(world, number))) != Issue::kIssued) ::_exit(97);
        tell(pipe, number);
        if (number % 3 != 0) continue;
        if (run(store.revoke_token(refresh_of(number), "key")) != Revocation::kRevoked) ::_exit(96);
        tell(pipe, number + 1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ::_exit(0);
}

World known_world(Store& store) {
  return {.alice = run(store.find_account_by_login("alice")).value().id,
          .workspace_uuid = new_workspace("acme").uuid,
          .consumer_key = "key"};
}

TEST(S57_KillNine, EveryAcknowledgedTokenAndRevocationIsFound) {
  const TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file();
  {
    const auto store = open_store({url});
    (void)make_world(*store);
  }
  std::set<std::uint64_t> told;
  constexpr int kRounds = 5;
  for (int round = 0; round < kRounds; ++round) {
    Child child{[&](int pipe) -> int {
      const auto store = open_store({url});
      issue_for_ever(*store, known_world(*store), static_cast<std::uint64_t>(round) * 10'000'000,
                     pipe);
    }};
    for (int acknowledged = 0; acknowledged < 200 + 37 * round; ++acknowledged) {
      const auto number = child.next();
      ASSERT_TRUE(number) << "the child ended by itself";
      told.insert(*number);
    }
    child.kill();
    while (const auto number = child.next()) told.insert(*number);
    child.wait();

    const auto store = open_store({url});
    for (const std::uint64_t number : told) {
      if (number % 2 == 1) {
        const auto token = run(store->find_access_token(access_of(number - 1)));
        ASSERT_TRUE(token) << number;
        ASSERT_TRUE(token->revoked) << "revocation of " << number - 1;
      } else {
        const auto token = run(store->find_access_token(access_of(number)));
        ASSERT_TRUE(token) << number;
        ASSERT_TRUE(token->revoked || number % 3 != 0 || !told.contains(number + 1)) << number;
        ASSERT_TRUE(run(store->find_refresh_token(refresh_of(number), "key"))) << number;
      }
    }
  }
  RecordProperty("acknowledged", static_cast<int>(told.size()));
}

TEST(S57_DiskFull, IsToldLosesNothingAndIsOverWhenThereIsRoom) {
  const TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file();
  Child child{[&](int pipe) -> int {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto store = open_store({url});
    const World world = make_world(*store);
    // The kernel refuses to let any file of this process grow beyond it: EFBIG, in the place of
    // ENOSPC.
    const ::rlimit small{.rlim_cur = 1024 * 1024, .rlim_max = RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return 10;
    std::uint64_t number = 0;
    std::optional<StoreError::Kind> kind;
    while (!kind && number < 100'000) {
      kind = kind_thrown_by([&] { (void)run(store->issue_tokens(new_tokens(world, number))); });
      if (!kind) tell(pipe, number++);
    }
    if (kind != StoreError::Kind::kFull) return 11;
    if (run(store->find_access_token(access_of(number)))) return 13;
    if (!run(store->find_access_token(access_of(0)))) return 14;
    const ::rlimit large{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &large) != 0) return 15;
    if (run(store->health())) return 16;
    if (run(store->issue_tokens(new_tokens(world, number))) != Issue::kIssued) return 17;
    tell(pipe, number);
    return 0;
  }};
  std::uint64_t count = 0;
  while (child.next()) ++count;
  EXPECT_EQ(child.wait(), 0);
  ASSERT_GT(count, 10U);
  const auto store = open_store({url});
  for (std::uint64_t number = 0; number < count; ++number) {
    ASSERT_TRUE(run(store->find_access_token(access_of(number)))) << number;
  }
}

TEST(SeveralProcesses, OpenAFreshFileTogetherAndSeedItOnce) {
  const TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file();
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(std::make_unique<Child>([&](int pipe) -> int {
      const auto store = open_store({url}, {.busy_timeout = std::chrono::seconds{30}});
      const bool first = run(store->seed(
          [](Seeder& seeder) {
            seeder.add(new_workspace("acme"));
            seeder.add(new_account("alice"));
          },
          kNow));
      tell(pipe, first ? 1 : 0);
      return run(store->find_account_by_login("alice")) ? 0 : 1;
    }));
  }
  std::uint64_t firsts = 0;
  for (const auto& child : children) {
    firsts += child->next().value_or(100);
    EXPECT_EQ(child->wait(), 0);
  }
  EXPECT_EQ(firsts, 1U);
}

TEST(SeveralProcesses, WriteTogetherAndSeeEachOthersChangesAtOnce) {
  const TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file();
  {
    const auto store = open_store({url});
    (void)make_world(*store);
  }
  constexpr std::uint64_t kEach = 100;
  const auto open = [&] { return open_store({url}, {.busy_timeout = std::chrono::seconds{30}}); };
  Child child{[&](int pipe) -> int {
    const auto store = open();
    const World world = known_world(*store);
    for (std::uint64_t number = 0; number < kEach; ++number) {
      if (run(store->issue_tokens(new_tokens(world, number))) != Issue::kIssued) return 1;
      tell(pipe, number);
    }
    return 0;
  }};
  const auto store = open();
  const World world = known_world(*store);
  for (std::uint64_t number = 0; number < kEach; ++number) {
    ASSERT_EQ(run(store->issue_tokens(new_tokens(world, 1'000 + number))), Issue::kIssued);
    const auto told = child.next();
    ASSERT_TRUE(told);
    const auto token = run(store->find_access_token(access_of(*told)));
    ASSERT_TRUE(token) << "acknowledged there, so known here";
  }
  EXPECT_EQ(child.wait(), 0);
}

}  // namespace
}  // namespace bbgrant::store::testing

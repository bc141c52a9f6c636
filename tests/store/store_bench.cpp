// SPDX-License-Identifier: MIT
// What the store does in a second. Not a test: run it by hand, on a quiet machine.
//   store_bench memory | sqlite:FILE [live tokens to begin with]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

using Seconds = std::chrono::duration<double>;

/// Calls `call(number)` for `count` numbers from `first` on, from 64 coroutines on one loop.
template <class Call>
void measure(const char* name, std::uint64_t first, std::uint64_t count, Call call) {
  constexpr int kCallers = 64;
  BorrowedLoop borrowed;
  boost::asio::io_context& loop = borrowed.get();
  std::uint64_t next = first;
  const std::uint64_t end = first + count;
  const auto start = std::chrono::steady_clock::now();
  for (int caller = 0; caller < kCallers; ++caller) {
    boost::asio::co_spawn(
        loop,
        [&]() -> boost::asio::awaitable<void> {
          while (next < end) co_await call(next++);
        },
        [](std::exception_ptr error) {
          if (error) std::rethrow_exception(error);
        });
  }
  loop.run();
  const Seconds took = std::chrono::steady_clock::now() - start;
  std::printf("%-20s %10.0f a second\n", name, static_cast<double>(count) / took.count());
}

void measure_all(const std::string& url, std::uint64_t live) {
  const auto store = open_store({url});
  const World world = make_world(*store);
  if (live > 0) {
    measure("(filling)", 10'000'000, live,
            [&](std::uint64_t number) { return store->issue_tokens(new_tokens(world, number)); });
  }
  constexpr std::uint64_t kCount = 100'000;
  measure("issue_tokens", 0, kCount,
          [&](std::uint64_t number) { return store->issue_tokens(new_tokens(world, number)); });
  measure("issue_from_refresh", 0, kCount, [&](std::uint64_t number) {
    return store->issue_from_refresh(new_refreshed(world, number, 5'000'000 + number));
  });
  measure("find_access_token", 0, kCount,
          [&](std::uint64_t number) { return store->find_access_token(access_of(number)); });
  measure("revoke_token", 0, kCount, [&](std::uint64_t number) {
    return store->revoke_token(access_of(number), world.consumer_key);
  });
}

}  // namespace
}  // namespace bbgrant::store::testing

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const std::uint64_t live = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 0;
  bbgrant::store::testing::measure_all(arguments[1], live);
  return 0;
}

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "store/sqlite/database.hpp"
#include "store/store.hpp"

namespace bbgrant::store::testing {

/// A loop that outlives every store, as those of a server do: a thread of the store may still be on
/// its way out of the loop's functions when the last coroutine has ended.
class BorrowedLoop {
 public:
  BorrowedLoop();
  ~BorrowedLoop();
  BorrowedLoop(const BorrowedLoop&) = delete;
  BorrowedLoop& operator=(const BorrowedLoop&) = delete;

  [[nodiscard]] boost::asio::io_context& get() { return *loop_; }

 private:
  std::unique_ptr<boost::asio::io_context> loop_;
};

/// Runs one coroutine to its end on this thread.
template <class T>
T run(boost::asio::awaitable<T> call) {
  BorrowedLoop loop;
  auto result = boost::asio::co_spawn(loop.get(), std::move(call), boost::asio::use_future);
  loop.get().run();
  return result.get();
}

/// The kind of StoreError that the call throws; nothing when it throws none.
template <class Call>
std::optional<StoreError::Kind> kind_thrown_by(Call call) {
  try {
    call();
  } catch (const StoreError& error) {
    return error.kind();
  }
  return std::nullopt;
}

/// A folder of mode 0700 that is removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name = "store.db") const {
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'600'000'000}};
inline constexpr std::chrono::hours kTwoHours{2};

/// A hash that no other number has.
[[nodiscard]] Hash hash_number(std::uint64_t number);

[[nodiscard]] NewAccount new_account(const std::string& nickname);
[[nodiscard]] Workspace new_workspace(const std::string& slug);
[[nodiscard]] Consumer new_consumer(const std::string& key, const std::string& workspace_uuid);

/// A workspace "acme", an account "alice" and a consumer "key" of it.
struct World {
  AccountId alice{};
  std::string workspace_uuid;
  std::string consumer_key;
};
[[nodiscard]] World make_world(Store& store);

/// Tokens for alice through the consumer, number `number` (access) and `number` + 1'000'000'000
/// (refresh).
[[nodiscard]] NewTokens new_tokens(const World& world, std::uint64_t number);
[[nodiscard]] Hash access_of(std::uint64_t number);
[[nodiscard]] Hash refresh_of(std::uint64_t number);

/// What refreshing with number `number` asks for: access token number `access`.
[[nodiscard]] RefreshedToken new_refreshed(const World& world, std::uint64_t number,
                                           std::uint64_t access);

enum class Driver { kMemory, kSqlite, kPostgres };

/// The same tests for every driver.
class StoreContract : public ::testing::TestWithParam<Driver> {
 protected:
  StoreContract();
  /// Of a new and empty store.
  std::string new_url();

  TemporaryFolder folder_;
  int files_ = 0;
  std::string url_;  ///< of store_
  std::shared_ptr<Store> store_;
};

[[nodiscard]] std::string name_of_driver(const ::testing::TestParamInfo<Driver>& info);

}  // namespace bbgrant::store::testing

// One line in each file of contract tests. ctest runs those on PostgreSQL as one test, since each
// process starts a server of its own.
#define BBGRANT_FOR_EVERY_DRIVER(suite)                                                   \
  INSTANTIATE_TEST_SUITE_P(Driver, suite,                                                 \
                           ::testing::Values(bbgrant::store::testing::Driver::kMemory,    \
                                             bbgrant::store::testing::Driver::kSqlite,    \
                                             bbgrant::store::testing::Driver::kPostgres), \
                           bbgrant::store::testing::name_of_driver)

// SPDX-License-Identifier: MIT
#include "store/support.hpp"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <system_error>
#include <vector>

#include "support/postgres_server.hpp"

namespace bbgrant::store::testing {

namespace {

/// Loops that nobody uses at the moment.
struct Loops {
  std::mutex mutex;
  std::vector<std::unique_ptr<boost::asio::io_context>> idle;
};

Loops& loops() {
  static Loops all;
  return all;
}

}  // namespace

BorrowedLoop::BorrowedLoop() {
  const std::lock_guard lock{loops().mutex};
  if (loops().idle.empty()) {
    loop_ = std::make_unique<boost::asio::io_context>();
  } else {
    loop_ = std::move(loops().idle.back());
    loops().idle.pop_back();
    loop_->restart();
  }
}

BorrowedLoop::~BorrowedLoop() {
  const std::lock_guard lock{loops().mutex};
  loops().idle.push_back(std::move(loop_));
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "bbgrant-store-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error{errno, std::generic_category(), "mkdtemp"};
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Hash hash_number(std::uint64_t number) {
  // Spread like a real hash, so that tables are filled as they will be.
  Hash hash{};
  std::uint64_t state = number + 1;
  for (std::size_t at = 0; at < hash.size(); at += sizeof state) {
    state = (state ^ (state >> 31U)) * 0x9e3779b97f4a7c15U + number;
    std::memcpy(hash.data() + at, &state, sizeof state);
  }
  return hash;
}

NewAccount new_account(const std::string& nickname) {
  return {.account = {.uuid = "{account-" + nickname + "}",
                      .account_id = "557058:" + nickname,
                      .nickname = nickname,
                      .display_name = "The " + nickname,
                      .password_hash = "$argon2id$" + nickname,
                      .created_on = kNow},
          .emails = {{.address = nickname + "@example.com", .primary = true, .confirmed = true}}};
}

Workspace new_workspace(const std::string& slug) {
  return {.uuid = "{workspace-" + slug + "}", .slug = slug, .name = slug, .created_on = kNow};
}

Consumer new_consumer(const std::string& key, const std::string& workspace_uuid) {
  return {.key = key,
          .secret_hash = hash_number(7),
          .secret_sealed = {1, 2, 3},
          .name = "Consumer " + key,
          .permissions = "account repository",
          .workspace_uuid = workspace_uuid,
          .profile = "any",
          .created_on = kNow};
}

World make_world(Store& store) {
  World world;
  const Workspace acme = new_workspace("acme");
  if (!run(store.add_workspace(acme))) throw std::runtime_error{"acme is there"};
  const auto alice = run(store.add_account(new_account("alice")));
  Consumer consumer = new_consumer("key", acme.uuid);
  consumer.owner = alice.value();
  if (!run(store.add_consumer(consumer))) throw std::runtime_error{"the consumer is there"};
  return {.alice = *alice, .workspace_uuid = acme.uuid, .consumer_key = consumer.key};
}

Hash access_of(std::uint64_t number) { return hash_number(number); }
Hash refresh_of(std::uint64_t number) { return hash_number(number + 1'000'000'000); }

NewTokens new_tokens(const World& world, std::uint64_t number) {
  return {.consumer_key = world.consumer_key,
          .secret_version = 1,
          .account = world.alice,
          .password_version = 1,
          .scopes = "account repository",
          .grant = "password",
          .issued_on = kNow,
          .access_hash = access_of(number),
          .access_expires = kNow + kTwoHours,
          .refresh_hash = refresh_of(number)};
}

RefreshedToken new_refreshed(const World& world, std::uint64_t number, std::uint64_t access) {
  return {.refresh_hash = refresh_of(number),
          .consumer_key = world.consumer_key,
          .secret_version = 1,
          .now = kNow + kTwoHours,
          .access_hash = access_of(access),
          .access_expires = kNow + 2 * kTwoHours,
          .scopes = "account"};
}

StoreContract::StoreContract() : url_(new_url()), store_(open_store({url_})) {}

std::string StoreContract::new_url() {
  switch (GetParam()) {
    case Driver::kMemory:
      return "memory";
    case Driver::kSqlite:
      return "sqlite:" + folder_.file("store" + std::to_string(++files_) + ".db");
    case Driver::kPostgres:
      return bbgrant::testing::PostgresServer::shared().new_store_url();
  }
  throw std::logic_error{"unknown driver"};
}

std::string name_of_driver(const ::testing::TestParamInfo<Driver>& info) {
  switch (info.param) {
    case Driver::kMemory:
      return "Memory";
    case Driver::kSqlite:
      return "Sqlite";
    case Driver::kPostgres:
      return "Postgres";
  }
  return "";
}

}  // namespace bbgrant::store::testing

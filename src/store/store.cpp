// SPDX-License-Identifier: MIT
#include "store/store.hpp"

#include <utility>

#include "store/database.hpp"
#include "store/postgres/database.hpp"
#include "store/schema.hpp"
#include "store/sqlite/database.hpp"

namespace bbgrant::store {

namespace asio = boost::asio;

namespace {

bool holds_demo_alone(Connection& connection) {
  return connection.number(
             "SELECT (SELECT count(*) FROM accounts WHERE demo = 0) + "
             "(SELECT count(*) FROM consumers WHERE demo = 0)") == 0;
}

}  // namespace

DatabaseOwner::DatabaseOwner(std::unique_ptr<Database> database) : owned_(std::move(database)) {}
DatabaseOwner::~DatabaseOwner() = default;

Store::Store(std::unique_ptr<Database> database)
    : DatabaseOwner(std::move(database)),
      Accounts(*owned_),
      Consumers(*owned_),
      Tokens(*owned_),
      WebSessions(*owned_),
      Authorizations(*owned_),
      Bitbucket(*owned_),
      ThrottleCounters(*owned_) {
  owned_->run_blocking(Database::Access::kWrite, migrate);
}

Store::~Store() { close(); }

asio::awaitable<bool> Store::seed(std::function<void(Seeder&)> fill, std::chrono::sys_seconds now) {
  return owned_->write([fill = std::move(fill), now](Connection& connection) {
    // The insert decides who seeds.
    const auto first = connection.execute(
        "INSERT INTO meta (name, value) VALUES ('seeded_on', $1) ON CONFLICT (name) DO NOTHING",
        {std::to_string(now.time_since_epoch().count())});
    if (first == 0) return false;
    Seeder seeder{connection};
    fill(seeder);
    return true;
  });
}

asio::awaitable<void> Store::add(std::function<void(Seeder&)> fill) {
  auto work = [fill = std::move(fill)](Connection& connection) {
    Seeder seeder{connection};
    fill(seeder);
    return true;
  };
  co_await owned_->write(std::move(work));
}

asio::awaitable<bool> Store::reset(std::function<void(Seeder&)> fill, bool only_demo) {
  return owned_->write([fill = std::move(fill), only_demo](Connection& connection) {
    if (only_demo && !holds_demo_alone(connection)) return false;
    // Everything else hangs on these.
    connection.execute("DELETE FROM workspaces", {});
    connection.execute("DELETE FROM accounts", {});
    connection.execute("DELETE FROM throttle_counters", {});
    Seeder seeder{connection};
    fill(seeder);
    return true;
  });
}

asio::awaitable<bool> Store::seeded() const {
  return owned_->read([](Connection& connection) {
    return connection.number("SELECT count(*) FROM meta WHERE name = 'seeded_on'") == 1;
  });
}

asio::awaitable<std::string> Store::keep_key_mark(std::string mark) {
  return owned_->write([mark = std::move(mark)](Connection& connection) {
    connection.execute(
        "INSERT INTO meta (name, value) VALUES ('key_mark', $1) ON CONFLICT (name) DO NOTHING",
        {mark});
    return connection
        .first("SELECT value FROM meta WHERE name = 'key_mark'", {},
               [](Reader row) { return row.next<std::string>(); })
        .value();
  });
}

asio::awaitable<bool> Store::is_demo() const { return owned_->read(holds_demo_alone); }

asio::awaitable<std::optional<StoreError>> Store::health() const {
  try {
    // Readers say nothing about writing; but a write a second would wear the disk of a well store.
    if (owned_->last_write_fault()) {
      auto write = [](Connection& connection) {
        return connection.execute(
            "INSERT INTO meta (name, value) VALUES ('probe', '') "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {});
      };
      co_await owned_->write(std::move(write));
    }
    auto look = [](Connection& connection) {
      return connection.number("SELECT count(*) FROM schema_version");
    };
    if (co_await owned_->read(std::move(look)) != 1) {
      co_return StoreError{StoreError::Kind::kCorrupt, "the store has lost its schema"};
    }
  } catch (const StoreError& error) {
    co_return error;
  }
  co_return std::nullopt;
}

void Store::close() noexcept { owned_->close(); }

std::vector<std::string> Store::warnings() const { return owned_->warnings(); }

bool is_postgres(const StoreUrl& url) noexcept {
  return url.text.starts_with("postgresql://") || url.text.starts_with("postgres://");
}

std::shared_ptr<Store> open_store(const StoreUrl& url, StoreOptions options) {
  constexpr std::string_view kSqlite = "sqlite:";
  const SqliteOptions sqlite{.busy_timeout = options.busy_timeout};
  const std::string_view text = url.text;
  if (text == "memory") return std::make_shared<Store>(open_sqlite_memory(sqlite));
  if (text.starts_with(kSqlite) && text.size() > kSqlite.size()) {
    return std::make_shared<Store>(
        open_sqlite_file(std::string{text.substr(kSqlite.size())}, sqlite));
  }
  if (is_postgres(url)) {
    return std::make_shared<Store>(open_postgres(url.text, {.lock_wait = options.busy_timeout}));
  }
  // The address is not repeated: it may hold a password (S94).
  throw StoreError{StoreError::Kind::kBadUrl,
                   "no such store; expected memory, sqlite:FILE or postgresql://..."};
}

}  // namespace bbgrant::store

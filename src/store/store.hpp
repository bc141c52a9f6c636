// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "store/accounts.hpp"
#include "store/authorizations.hpp"
#include "store/bitbucket.hpp"
#include "store/consumers.hpp"
#include "store/error.hpp"
#include "store/seed.hpp"
#include "store/throttle.hpp"
#include "store/tokens.hpp"
#include "store/types.hpp"
#include "store/web_sessions.hpp"

namespace bbgrant::store {

/// Holds the driver, so that it is there before the parts of Store that use it.
class DatabaseOwner {
 protected:
  explicit DatabaseOwner(std::unique_ptr<Database> database);
  ~DatabaseOwner();
  std::unique_ptr<Database> owned_;
};

/// Everything that the two servers keep, in the words of the domain. The SQL text stands once, in
/// the source of each part (tokens.cpp, ...), over one thin driver a database (database.hpp).
///
/// Each call is one transaction that keeps its promise by itself, and is durable before it returns.
/// Thread-safe. A call is resumed on the executor of its coroutine; once begun it runs to its end,
/// whether or not somebody still waits. Close the store before the loops of its callers go.
class Store : private DatabaseOwner,
              public Accounts,
              public Consumers,
              public Tokens,
              public WebSessions,
              public Authorizations,
              public Bitbucket,
              public ThrottleCounters {
 public:
  /// For tests that bring a driver of their own; others call open_store(). Brings the schema up to
  /// date.
  /// @throws StoreError kNewerSchema and others; nothing was changed then.
  explicit Store(std::unique_ptr<Database> database);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Fills a store that was never seeded, in one transaction: all of it or nothing, and once,
  /// however many processes try.
  /// @param fill  runs on a thread of the store and must own what it uses; called again where the
  ///              database took it back.
  /// @returns false when the store was seeded before; `fill` was not called then.
  boost::asio::awaitable<bool> seed(std::function<void(Seeder&)> fill,
                                    std::chrono::sys_seconds now);

  /// Adds to what is there, in one transaction: all of it or nothing.
  /// @param fill  as for seed().
  boost::asio::awaitable<void> add(std::function<void(Seeder&)> fill);

  /// Takes everything out and fills it anew, in one transaction.
  /// @param fill       as for seed().
  /// @param only_demo  leaves a store alone that is_demo() says no of.
  /// @returns false when it was left alone; `fill` was not called then.
  boost::asio::awaitable<bool> reset(std::function<void(Seeder&)> fill, bool only_demo);

  /// Was it ever seeded?
  [[nodiscard]] boost::asio::awaitable<bool> seeded() const;

  /// Keeps the mark of the key that seals the store's secrets, unless there is one.
  /// @returns the one that is kept: the first, whichever process brought it.
  boost::asio::awaitable<std::string> keep_key_mark(std::string mark);

  /// Does every account and consumer in it come from a seed or from the control interface? (S61)
  [[nodiscard]] boost::asio::awaitable<bool> is_demo() const;

  /// Nothing while the store works, else what is wrong. One read, and after a failed write one
  /// write, so that a store that has recovered is known to. Throws nothing of its own.
  [[nodiscard]] boost::asio::awaitable<std::optional<StoreError>> health() const;

  /// What the person who starts the program should know, one line each (S94).
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// Refuses new calls (kUnavailable), finishes what it has, waits for it, closes the files.
  /// Blocks; may be called twice. Never from inside a call.
  void close() noexcept;
};

/// Where a store is: `memory`, `sqlite:FILE`, `postgresql://...`. May hold a password.
struct StoreUrl {
  std::string text;
};

/// Does it name a PostgreSQL database, which several instances share?
[[nodiscard]] bool is_postgres(const StoreUrl& url) noexcept;

struct StoreOptions {
  /// How long a write waits for another process that holds a lock.
  std::chrono::milliseconds busy_timeout = std::chrono::seconds{3};
};

/// Opens a store, makes it if it is not there, and brings its schema up to date. Blocks.
/// `memory` leaves nothing on disk and ends with the last pointer to it.
/// `sqlite:FILE`: a missing folder is made with mode 0700, files with 0600, whatever the umask; a
/// folder or file that others can reach is refused (S95). Several processes may open the same file.
/// `postgresql://...`: as libpq reads it; several instances may open the same database.
/// @throws StoreError with a text for a person (S94): kBadUrl, kExposed, kNewerSchema, kCorrupt,
///         kReadOnly, kBusy, kFull, kUnavailable.
[[nodiscard]] std::shared_ptr<Store> open_store(const StoreUrl& url, StoreOptions options = {});

}  // namespace bbgrant::store

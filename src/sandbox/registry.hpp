// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "base/executor.hpp"
#include "sandbox/records.hpp"
#include "sandbox/seed_plan.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

/// Users and consumers as JSON documents, for the control interface and the command line. What S31
/// says of their tokens has happened before a call returns. Thread-safe; each call throws
/// DocumentError for a document that cannot be right, store::StoreError for a fault.
class Registry {
 public:
  using Document = nlohmann::json;
  using Described = nlohmann::ordered_json;
  template <class T>
  using awaitable = boost::asio::awaitable<T>;

  /// The store and what the workshop refers to outlive this.
  Registry(store::Store& store, Workshop workshop);

  // What is named is found by nickname or key; nothing and false when it is not there.

  [[nodiscard]] awaitable<Described> users();
  [[nodiscard]] awaitable<std::optional<Described>> user(std::string nickname);
  [[nodiscard]] awaitable<Described> add_user(Document document);
  [[nodiscard]] awaitable<std::optional<Described>> change_user(std::string nickname,
                                                                Document document);
  [[nodiscard]] awaitable<bool> remove_user(std::string nickname);

  [[nodiscard]] awaitable<Described> consumers();
  [[nodiscard]] awaitable<std::optional<Described>> consumer(std::string key);
  /// @returns it with its secret.
  [[nodiscard]] awaitable<Described> add_consumer(Document document);
  [[nodiscard]] awaitable<std::optional<Described>> change_consumer(std::string key,
                                                                    Document document);
  /// @returns it with its new secret; the old one is dead.
  [[nodiscard]] awaitable<std::optional<Described>> renew_secret(std::string key);
  /// @returns it with its secret, or null in its place where another key sealed it (S7).
  [[nodiscard]] awaitable<std::optional<Described>> consumer_with_secret(std::string key);
  [[nodiscard]] awaitable<bool> remove_consumer(std::string key);

  /// Adds a seed document's objects to what is there.
  [[nodiscard]] awaitable<void> add_seed(Document document);

 private:
  [[nodiscard]] awaitable<Described> describe_account(const store::Account& account);
  [[nodiscard]] awaitable<Described> describe_consumer(const store::Consumer& consumer);
  [[nodiscard]] awaitable<void> put_secret(std::string key, const Secret& secret);

  store::Store& store_;
  Workshop workshop_;
  base::Executor executor_;  // hashes take too long for an event loop
};

}  // namespace bbgrant::sandbox

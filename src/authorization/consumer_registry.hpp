// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "authorization/consumer_records.hpp"
#include "base/log.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// Who changes something, for the log (S97).
struct Actor {
  std::string_view door;     ///< "settings", "control", "command line"
  std::string user = {};     ///< nickname, where somebody signed in
  std::string address = {};  ///< as throttles count it
  std::string request = {};  ///< its id
};

/// Consumers as JSON documents, for every door through which they are made and changed. What S31
/// says of their tokens has happened before a call returns. Thread-safe; each call throws
/// base::DocumentError for a document that cannot be right, store::StoreError for a fault.
class ConsumerRegistry {
 public:
  using Document = nlohmann::json;
  using Described = nlohmann::ordered_json;
  template <class T>
  using awaitable = boost::asio::awaitable<T>;

  /// The store, the log and what the workshop refers to outlive this.
  ConsumerRegistry(store::Store& store, Workshop workshop, base::Log& log)
      : store_(store), workshop_(workshop), log_(log) {}

  // Nothing and false where there is no such consumer.

  [[nodiscard]] awaitable<Described> consumers();
  [[nodiscard]] awaitable<std::optional<Described>> consumer(std::string key);
  /// @returns it with its secret.
  [[nodiscard]] awaitable<Described> add_consumer(Document document, Actor actor);
  /// The fields and, if there is one, the secret, in one transaction. With a new secret the old one
  /// and its tokens are dead.
  [[nodiscard]] awaitable<std::optional<Described>> change_consumer(std::string key,
                                                                    Document document, Actor actor);
  /// @returns it with its new secret; the old one is dead.
  [[nodiscard]] awaitable<std::optional<Described>> renew_secret(std::string key, Actor actor);
  /// @returns it with its secret, or null in its place where another key sealed it (S7).
  [[nodiscard]] awaitable<std::optional<Described>> consumer_with_secret(std::string key);
  [[nodiscard]] awaitable<bool> remove_consumer(std::string key, Actor actor);

 protected:
  /// @param what  "consumer" or "user". @param how  "added", "changed", ...
  void tell(std::string_view what, std::string_view name, std::string_view how,
            const Actor& actor) noexcept;

  store::Store& store_;
  Workshop workshop_;

 private:
  [[nodiscard]] awaitable<Described> describe_consumer(const store::Consumer& consumer);

  base::Log& log_;
};

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "authorization/consumer_registry.hpp"
#include "base/executor.hpp"
#include "sandbox/records.hpp"
#include "sandbox/seed_plan.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

/// Users beside the consumers, as JSON documents, for the control interface and the command line.
/// What S31 says of their tokens has happened before a call returns. Thread-safe; each call throws
/// base::DocumentError for a document that cannot be right, store::StoreError for a fault.
class Registry : public authorization::ConsumerRegistry {
 public:
  using Actor = authorization::Actor;

  /// The store, the log and what the workshop refers to outlive this.
  Registry(store::Store& store, Workshop workshop, base::Log& log);

  // Found by nickname; nothing and false when it is not there.

  [[nodiscard]] awaitable<Described> users();
  [[nodiscard]] awaitable<std::optional<Described>> user(std::string nickname);
  [[nodiscard]] awaitable<Described> add_user(Document document, Actor actor);
  [[nodiscard]] awaitable<std::optional<Described>> change_user(std::string nickname,
                                                                Document document, Actor actor);
  [[nodiscard]] awaitable<bool> remove_user(std::string nickname, Actor actor);

  /// Adds a seed document's objects to what is there.
  [[nodiscard]] awaitable<void> add_seed(Document document);

 private:
  [[nodiscard]] awaitable<Described> describe_account(const store::Account& account);

  base::Executor executor_;  // hashes take too long for an event loop
};

}  // namespace bbgrant::sandbox

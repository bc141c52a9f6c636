// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>

#include "base/document.hpp"
#include "sandbox/records.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

/// What is to be put into the store in one transaction: all of it or nothing. Made once, put in as
/// often as there is a reset. Thread-safe once it is made.
class SeedPlan {
 public:
  using Step = std::function<void(store::Seeder&)>;

  /// @param path  of the document's part that the step stands for, for its errors.
  void add(std::string path, Step step) { steps_.emplace_back(std::move(path), std::move(step)); }

  // One object of a seed document each, as docs/seed.schema.json has them. @throws DocumentError

  /// @returns the nickname.
  std::string add_user(base::Fields& fields, const Workshop& workshop);
  void add_consumer(base::Fields& fields, const Workshop& workshop);
  void add_workspace(base::Fields& fields, const Workshop& workshop);
  void add_member(base::Fields& fields);
  void add_repository(base::Fields& fields, const Workshop& workshop);

  // The three ways into a store. @throws DocumentError when something is there already or what it
  // belongs to is not; store::StoreError. Nothing was changed then.

  [[nodiscard]] boost::asio::awaitable<void> add_to(store::Store& store) const;
  /// Once in a store's life; later calls change nothing.
  [[nodiscard]] boost::asio::awaitable<void> seed(store::Store& store,
                                                  std::chrono::sys_seconds now) const;
  /// @returns false, and changes nothing, when `only_demo` and the store holds more (S61).
  [[nodiscard]] boost::asio::awaitable<bool> reset(store::Store& store, bool only_demo) const;

 private:
  struct Run;
  std::vector<std::pair<std::string, Step>> steps_;
};

/// Reads a whole seed document.
/// @param demo  adds the built-in seed, for a document that asks for it; may be empty.
/// @throws DocumentError
[[nodiscard]] SeedPlan read_seed(nlohmann::json document, const Workshop& workshop,
                                 const std::function<void(SeedPlan&)>& demo = {});

}  // namespace bbgrant::sandbox

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "authorization/password_hasher.hpp"
#include "authorization/seal.hpp"
#include "sandbox/options.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

// What opens the store that the options name, for the servers and for the commands beside them.
// Each throws base::StartError with a line for a person.

[[nodiscard]] std::shared_ptr<store::Store> open(const Options& options);

/// The file of an SQLite store; empty for other stores.
[[nodiscard]] std::string file_of_store(const Options& options);

/// Reads the key that belongs to it; makes one for a new store where there is none.
[[nodiscard]] authorization::Sealer sealer_of(const Options& options, bool store_is_new);

/// Refuses another key than the one that the store was first opened with (S7).
[[nodiscard]] boost::asio::awaitable<void> judge_key(store::Store& store,
                                                     const authorization::Sealer& sealer,
                                                     const Options& options);

[[nodiscard]] authorization::PasswordCost cost_of(const Options& options);

void start_libsodium();

}  // namespace bbgrant::sandbox

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

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

/// Reads the key that belongs to it, or makes one.
[[nodiscard]] authorization::Sealer sealer_of(const Options& options, bool store_is_new);

[[nodiscard]] authorization::PasswordCost cost_of(const Options& options);

void start_libsodium();

}  // namespace bbgrant::sandbox

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace bbgrant::store {

class Connection;

/// The newest schema that this program knows.
[[nodiscard]] std::int64_t newest_schema() noexcept;

/// Brings the schema up to date, inside one write job; two processes may try at once.
/// @throws StoreError kNewerSchema when the store is ahead of this program (S94).
void migrate(Connection& connection);

}  // namespace bbgrant::store

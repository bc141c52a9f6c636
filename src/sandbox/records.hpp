// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "authorization/consumer_records.hpp"
#include "base/document.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

using authorization::Workshop;

/// A user as seed files, the control interface and `bbgrant user` write it. Hashes: takes its time.
/// @throws DocumentError
[[nodiscard]] store::NewAccount new_account(base::Fields& fields, const Workshop& workshop);

/// The same for a change. Hashes where there is a password. @throws DocumentError
[[nodiscard]] store::AccountChange account_change(base::Fields& fields, const Workshop& workshop);

/// "{0f...}", random.
[[nodiscard]] std::string new_uuid();
/// The field "uuid", else a new one. @throws DocumentError
[[nodiscard]] std::string chosen_uuid(base::Fields& fields);

/// As the control interface and the command line show it; nothing secret.
[[nodiscard]] nlohmann::ordered_json describe(const store::Account& account,
                                              const std::vector<store::Email>& emails);

}  // namespace bbgrant::sandbox

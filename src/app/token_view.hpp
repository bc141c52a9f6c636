// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include <nlohmann/json_fwd.hpp>

#include "app/session.hpp"

namespace bbgrant::app {

/// Step 5: how long the token lives, what it may do and what each field of the answer means. Null
/// when there is no token. Holds no secret.
[[nodiscard]] nlohmann::json token_view(const SessionState& state, std::chrono::sys_seconds now);

/// The header's word on the token: none, alive or expired.
[[nodiscard]] nlohmann::json chip_view(const SessionState& state, std::chrono::sys_seconds now);

/// "1:56:12", "4:07".
[[nodiscard]] std::string clock_words(std::chrono::seconds left);

/// Who a run is for and by which grant: "alice", "alice, authorization code".
[[nodiscard]] std::string who_of(const Run& run);

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bbgrant/secret.hpp"

namespace bbgrant::authorization {

/// Which 30 seconds of UTC: the moving factor of RFC 6238.
[[nodiscard]] std::int64_t totp_step_at(std::chrono::sys_seconds time);

/// A shared secret as people see it: Base32 (RFC 4648), 16 characters or more; lower case, blanks and
/// padding do not matter.
[[nodiscard]] bool is_totp_secret(std::string_view base32);

/// Six digits by RFC 6238 with SHA-1; empty when the secret is none.
[[nodiscard]] std::string totp_code(const Secret& base32, std::int64_t step);

/// The step that the code belongs to, at most one before or after now; compared in constant time.
[[nodiscard]] std::optional<std::int64_t> find_totp_step(const Secret& base32,
                                                         std::string_view code,
                                                         std::chrono::sys_seconds now);

}  // namespace bbgrant::authorization

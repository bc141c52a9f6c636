// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <bbgrant/secret.hpp>

namespace bbgrant::detail {

/// 256 bits from the system's generator as 43 characters of base64url. @throws Error none to be
/// had.
[[nodiscard]] Secret random_secret();
/// base64url without padding, RFC 4648 section 5.
[[nodiscard]] Secret base64url(std::string_view bytes);
/// 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);
/// HMAC-SHA-256, 32 bytes.
[[nodiscard]] Secret hmac_sha256(const Secret& key, std::string_view bytes);
/// In a time that depends on the lengths only.
[[nodiscard]] bool same_secret(std::string_view left, std::string_view right) noexcept;

}  // namespace bbgrant::detail

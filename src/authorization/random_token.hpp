// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "bbgrant/secret.hpp"
#include "store/types.hpp"

namespace bbgrant::authorization {

using store::Hash;

/// Bytes in a token that need no other length: 256 bits.
inline constexpr std::size_t kTokenBytes = 32;

/// A new token: that many random bytes of the operating system, in unpadded base64url.
/// @param bytes  at least 32. Source: RFC 6749 section 10.10.
[[nodiscard]] Secret random_token(std::size_t bytes = kTokenBytes);

/// SHA-256 of the bytes.
[[nodiscard]] Hash hash_of(std::string_view bytes);

/// The hash in unpadded base64url.
[[nodiscard]] std::string base64url(const Hash& hash);

enum class Base64 {
  kPadded,  ///< RFC 4648 section 4
  kUrl,     ///< RFC 4648 section 5, without padding
};

/// The bytes that the text stands for, or nothing when it is not of that form.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text, Base64 form);

/// Compares in constant time.
[[nodiscard]] bool same_hash(const Hash& left, const Hash& right);

/// The first eight hex digits, for the log: enough to follow a token, not to find it (S97).
[[nodiscard]] std::string hash_prefix(const Hash& hash);

}  // namespace bbgrant::authorization

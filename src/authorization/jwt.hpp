// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bbgrant/secret.hpp"
#include "store/types.hpp"

namespace bbgrant::authorization {

/// A JSON Web Token as the JWT grant takes it: HS256, nothing else (RFC 7519, RFC 8725
/// section 3.1).
struct Jwt {
  std::string issuer;
  std::string subject;
  // Seconds since 1970, fractions allowed: RFC 7519 section 2, NumericDate.
  double expires = 0;
  std::optional<double> issued;
  std::optional<double> not_before;
  /// What the signature is for; a view of the text that was parsed.
  std::string_view signed_part;
  store::Hash signature{};

  /// Whether the signature was made with this key; compared in constant time.
  [[nodiscard]] bool is_signed_with(const Secret& key) const;
};

/// Reads a token; nothing in it is to be believed before its signature was checked.
/// @returns what is wrong with it, in a few words, or the token, which views `text`.
[[nodiscard]] std::variant<Jwt, std::string_view> parse_jwt(std::string_view text);

}  // namespace bbgrant::authorization

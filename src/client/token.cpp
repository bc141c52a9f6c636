// SPDX-License-Identifier: MIT
#include <bbgrant/token.hpp>

#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE Clock system_clock() {
  return [] {
    return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  };
}

BBGRANT_INLINE std::optional<std::chrono::sys_seconds> Token::expires_at() const noexcept {
  if (!expires_in) return std::nullopt;
  return issued_at + *expires_in;
}

BBGRANT_INLINE bool Token::expired(std::chrono::sys_seconds now,
                                   std::chrono::seconds early) const noexcept {
  const auto end = expires_at();
  return end && now >= *end - early;
}

BBGRANT_INLINE Token Token::copy() const {
  Token result{.access_token = access_token.copy(),
               .token_type = token_type,
               .scopes = scopes,
               .issued_at = issued_at,
               .expires_in = expires_in,
               .answer = answer.copy(),
               .masked_answer = masked_answer,
               .other_members = other_members};
  if (refresh_token) result.refresh_token = refresh_token->copy();
  return result;
}

}  // namespace bbgrant

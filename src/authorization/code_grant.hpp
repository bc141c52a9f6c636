// SPDX-License-Identifier: MIT
#pragma once

#include "authorization/grant.hpp"
#include "authorization/token_issuer.hpp"
#include "base/clock.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// How long a code may take on its way (S21).
inline constexpr std::chrono::seconds kCodeLife{60};

/// PKCE's challenge of a verifier, method S256: RFC 7636 section 4.2.
[[nodiscard]] std::string challenge_of(std::string_view verifier);

/// The authorization code grant at the token endpoint. RFC 6749 section 4.1.3, RFC 7636.
///
/// A code is good once in the whole cluster; a second use revokes what the first gave (S20). A
/// wrong redirect URI or verifier spends it too (S21).
class CodeGrant : public Grant {
 public:
  CodeGrant(store::Store& store, TokenIssuer& issuer, const base::Clock& clock, base::Log& log)
      : store_(store), issuer_(issuer), clock_(clock), log_(log) {}

  [[nodiscard]] std::string_view grant_type() const override { return "authorization_code"; }
  [[nodiscard]] boost::asio::awaitable<GrantOutcome> handle(TokenRequest request) override;

 private:
  store::Store& store_;
  TokenIssuer& issuer_;
  const base::Clock& clock_;
  base::Log& log_;
};

}  // namespace bbgrant::authorization

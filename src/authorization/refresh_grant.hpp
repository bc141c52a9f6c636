// SPDX-License-Identifier: MIT
#pragma once

#include "authorization/grant.hpp"
#include "authorization/token_issuer.hpp"

namespace bbgrant::authorization {

/// Refreshing an access token, server's side. RFC 6749 section 6.
class RefreshGrant : public Grant {
 public:
  explicit RefreshGrant(TokenIssuer& issuer) : issuer_(issuer) {}

  [[nodiscard]] std::string_view grant_type() const override { return "refresh_token"; }
  [[nodiscard]] boost::asio::awaitable<GrantOutcome> handle(TokenRequest request) override;

 private:
  TokenIssuer& issuer_;
};

}  // namespace bbgrant::authorization

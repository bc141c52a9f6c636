// SPDX-License-Identifier: MIT
#pragma once

#include "authorization/grant.hpp"
#include "authorization/token_issuer.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// The client credentials grant, server's side. RFC 6749 section 4.4. Private consumers only.
/// By the profile the token acts as the consumer's owner and comes with a refresh token (Bitbucket
/// then, not RFC 6749 section 4.4.3), or as the consumer itself and without one.
class ClientCredentialsGrant : public Grant {
 public:
  ClientCredentialsGrant(store::Store& store, TokenIssuer& issuer)
      : store_(store), issuer_(issuer) {}

  [[nodiscard]] std::string_view grant_type() const override { return "client_credentials"; }
  [[nodiscard]] boost::asio::awaitable<GrantOutcome> handle(TokenRequest request) override;

 private:
  store::Store& store_;
  TokenIssuer& issuer_;
};

}  // namespace bbgrant::authorization

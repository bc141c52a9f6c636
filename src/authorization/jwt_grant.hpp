// SPDX-License-Identifier: MIT
#pragma once

#include "authorization/behaviour.hpp"
#include "authorization/grant.hpp"
#include "authorization/jwt.hpp"
#include "authorization/seal.hpp"
#include "authorization/token_issuer.hpp"
#include "base/clock.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// Bitbucket's own grant: `Authorization: JWT` with a token that is signed with a shared secret.
/// Ours: `iss` is the consumer's key, `sub` the uuid of an account, the key of the signature the
/// consumer's secret. The signature authenticates the client. No refresh token. S66.
class JwtGrant : public Grant {
 public:
  JwtGrant(store::Store& store, const Sealer& sealer, TokenIssuer& issuer, const base::Clock& clock,
           const Behaviour& behaviour)
      : store_(store),
        sealer_(sealer),
        issuer_(issuer),
        clock_(clock),
        refuse_demo_(behaviour.refuse_demo) {}

  [[nodiscard]] std::string_view grant_type() const override { return "urn:bitbucket:oauth2:jwt"; }
  [[nodiscard]] bool authenticates_client() const override { return true; }
  [[nodiscard]] boost::asio::awaitable<std::variant<store::Consumer, Refused>> authenticate(
      const http::Headers& headers, const http::Form& form) override;
  [[nodiscard]] boost::asio::awaitable<GrantOutcome> handle(TokenRequest request) override;

 private:
  [[nodiscard]] std::optional<Refused> judge_times(const Jwt& jwt) const;

  store::Store& store_;
  const Sealer& sealer_;
  TokenIssuer& issuer_;
  const base::Clock& clock_;
  bool refuse_demo_;
};

}  // namespace bbgrant::authorization

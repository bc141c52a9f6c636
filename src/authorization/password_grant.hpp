// SPDX-License-Identifier: MIT
#pragma once

#include "authorization/grant.hpp"
#include "authorization/password_check.hpp"
#include "authorization/token_issuer.hpp"

namespace bbgrant::authorization {

/// The resource owner password credentials grant, server's side. RFC 6749 section 4.3.
/// RFC 9700 section 2.4: this grant must not be used. Bitbucket Cloud ended it on 2022-03-01; it
/// lives here so that it can be learned, tested and left.
class PasswordGrant : public Grant {
 public:
  PasswordGrant(PasswordCheck& passwords, TokenIssuer& issuer);

  [[nodiscard]] std::string_view grant_type() const override { return "password"; }
  [[nodiscard]] boost::asio::awaitable<GrantOutcome> handle(TokenRequest request) override;

 private:
  PasswordCheck& passwords_;
  TokenIssuer& issuer_;
};

}  // namespace bbgrant::authorization

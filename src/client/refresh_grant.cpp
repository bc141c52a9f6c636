// SPDX-License-Identifier: MIT
// Refreshing an access token, client's side. RFC 6749 section 6.

#include <bbgrant/client.hpp>

#include "client/client_parts.hpp"
#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE Token Client::refresh(const Secret& refresh_token, const Scopes& scopes,
                                     std::chrono::milliseconds timeout,
                                     std::stop_token stop) const {
  if (refresh_token.empty()) throw ConfigError("The refresh token is empty", {}, "Sign in again");
  std::vector<FormField> fields;
  fields.push_back(FormField::plain("grant_type", "refresh_token"));
  fields.push_back(
      FormField::hidden("refresh_token", WireKind::kRefreshToken, refresh_token.copy()));
  if (!scopes.empty()) fields.push_back(FormField::plain("scope", scopes.text()));
  Token token = token_request(std::move(fields), "refresh", timeout, std::move(stop));
  // RFC 6749 section 6: the server may keep the refresh token and say nothing (S82).
  if (!token.refresh_token) token.refresh_token = refresh_token.copy();
  return token;
}

BBGRANT_INLINE bool refuses_refresh_token(const OAuthError& error) noexcept {
  // Bitbucket, not RFC 6749: invalid_request with "Invalid refresh_token".
  const bool names_it = error.error() == "invalid_request" &&
                        error.description().find("refresh_token") != std::string::npos;
  return (error.status() == 400 || error.status() == 401 || error.status() == 200) &&
         (error.error() == "invalid_grant" || names_it);
}

}  // namespace bbgrant

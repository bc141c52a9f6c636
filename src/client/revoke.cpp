// SPDX-License-Identifier: MIT
// Ending a token, client's side. RFC 7009.

#include <bbgrant/client.hpp>

#include "client/client_parts.hpp"
#include "client/inline.hpp"
#include "client/token_response.hpp"

namespace bbgrant {

BBGRANT_INLINE void Client::revoke(const Secret& token, WireKind kind,
                                   std::chrono::milliseconds timeout, std::stop_token stop) const {
  if (parts_->server.revoke_url.empty())
    throw ConfigError("The server has no revocation endpoint", {},
                      "Forget the token; it lives until it expires");
  const auto request =
      parts_->token_form(parts_->server.revoke_url, token, kind, timeout, std::move(stop));
  const auto response =
      detail::exchange(parts_->line, request, "revoke", detail::BodyHolds::kTokens);
  if (response.status == 200 || response.status == 204) return;  // RFC 7009 section 2.2
  detail::throw_refusal(response.status, response.headers, response.body, now(),
                        detail::judged_url(request.url, "The revoke URL", true).shown(),
                        detail::KnownSecrets{request});
}

}  // namespace bbgrant

// SPDX-License-Identifier: MIT
#include "authorization/refresh_grant.hpp"

#include <utility>

namespace bbgrant::authorization {

boost::asio::awaitable<GrantOutcome> RefreshGrant::handle(TokenRequest request) {
  Secret refresh_token = request.form.take_secret("refresh_token");
  if (refresh_token.empty()) co_return Refused{Refusal::kMissingParameter, "refresh_token"};  // S77

  std::optional<ScopeSet> asked;
  if (const auto scope = request.form.get("scope"); scope && !scope->empty()) {
    AskedScopes parsed = parse_scopes(*scope);
    if (parsed.malformed && request.errors == ErrorStyle::kRfc6749) {
      co_return Refused{Refusal::kInvalidScope};
    }
    asked = std::move(parsed.names);
  }
  co_return co_await issuer_.issue_from(request, std::move(refresh_token), std::move(asked));
}

}  // namespace bbgrant::authorization

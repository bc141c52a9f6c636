// SPDX-License-Identifier: MIT
// The resource owner password credentials grant, client's side. RFC 6749 section 4.3.

#include <bbgrant/client.hpp>

#include "client/client_parts.hpp"
#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE Token Client::password_grant(const Username& username, Secret password,
                                            const Scopes& scopes, std::chrono::milliseconds timeout,
                                            std::stop_token stop) const {
  constexpr std::size_t kMostPasswordBytes = 1024;
  if (username.empty()) throw ConfigError("The user name is empty");
  if (password.empty()) throw ConfigError("The password is empty");
  if (password.size() > kMostPasswordBytes)
    throw ConfigError("The password is longer than 1,024 bytes");

  std::vector<FormField> fields;  // in the order of RFC 6749 section 4.3.2
  fields.push_back(FormField::plain("grant_type", "password"));
  fields.push_back(FormField::plain("username", username.value()));
  fields.push_back(FormField::hidden("password", WireKind::kPassword, std::move(password)));
  if (!scopes.empty()) fields.push_back(FormField::plain("scope", scopes.text()));
  try {
    return token_request(std::move(fields), "password grant", timeout, std::move(stop));
  } catch (const OAuthError& refusal) {
    const auto& ended = parts_->server.password_grant_ended;
    if (ended.empty()) throw;
    throw OAuthError(
        std::string{refusal.what()} + ". " + ended, refusal.answer(), refusal.url(),
        "Use authorization code with PKCE for people, client credentials for machines");
  }
}

}  // namespace bbgrant

// SPDX-License-Identifier: MIT
// The client credentials grant, client's side. RFC 6749 section 4.4.

#include <bbgrant/client.hpp>

#include "client/client_parts.hpp"
#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE Token Client::client_credentials(const Scopes& scopes,
                                                std::chrono::milliseconds timeout,
                                                std::stop_token stop) const {
  if (parts_->secret.empty())  // RFC 6749 section 4.4: confidential clients only
    throw ConfigError("The client credentials grant needs a consumer secret");
  std::vector<FormField> fields;
  fields.push_back(FormField::plain("grant_type", "client_credentials"));
  if (!scopes.empty()) fields.push_back(FormField::plain("scope", scopes.text()));
  return token_request(std::move(fields), "client credentials grant", timeout, std::move(stop));
}

}  // namespace bbgrant

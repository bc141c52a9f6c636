// SPDX-License-Identifier: MIT
#include "authorization/grants.hpp"

#include "authorization/client_credentials_grant.hpp"
#include "authorization/code_grant.hpp"
#include "authorization/jwt_grant.hpp"
#include "authorization/password_grant.hpp"
#include "authorization/refresh_grant.hpp"

namespace bbgrant::authorization {

// The list of what exists. A new grant is a file of its own, a line here, and its name in the
// profiles that know it.
std::vector<std::unique_ptr<Grant>> all_grants(const GrantParts& parts) {
  std::vector<std::unique_ptr<Grant>> grants;
  grants.push_back(std::make_unique<PasswordGrant>(parts.passwords, parts.issuer));
  grants.push_back(std::make_unique<CodeGrant>(parts.store, parts.issuer, parts.clock, parts.log));
  grants.push_back(std::make_unique<ClientCredentialsGrant>(parts.store, parts.issuer));
  grants.push_back(std::make_unique<RefreshGrant>(parts.issuer));
  grants.push_back(std::make_unique<JwtGrant>(parts.store, parts.sealer, parts.issuer, parts.clock,
                                              parts.behaviour));
  return grants;
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include "authorization/grants.hpp"

#include "authorization/client_credentials_grant.hpp"
#include "authorization/password_grant.hpp"
#include "authorization/refresh_grant.hpp"

namespace bbgrant::authorization {

// The list of what exists. A new grant is a file of its own, a line here, and its name in the
// profiles that know it.
std::vector<std::unique_ptr<Grant>> all_grants(store::Store& store, PasswordCheck& passwords,
                                               TokenIssuer& issuer) {
  std::vector<std::unique_ptr<Grant>> grants;
  grants.push_back(std::make_unique<PasswordGrant>(passwords, issuer));
  grants.push_back(std::make_unique<ClientCredentialsGrant>(store, issuer));
  grants.push_back(std::make_unique<RefreshGrant>(issuer));
  return grants;
}

}  // namespace bbgrant::authorization

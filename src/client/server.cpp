// SPDX-License-Identifier: MIT
#include <bbgrant/server.hpp>

#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE Server Server::sandbox(std::string_view origin) {
  while (origin.ends_with('/')) origin.remove_suffix(1);
  const std::string base{origin};
  return Server{.name = "bbgrant sandbox",
                .issuer = base,
                .authorize_url = base + "/site/oauth2/authorize",
                .token_url = base + "/site/oauth2/access_token",
                .revoke_url = base + "/site/oauth2/revoke",
                .introspect_url = base + "/site/oauth2/introspect",
                .api_url = base};
}

BBGRANT_INLINE Server Server::bitbucket() {
  return Server{.name = "Bitbucket Cloud",
                .authorize_url = "https://bitbucket.org/site/oauth2/authorize",
                .token_url = "https://bitbucket.org/site/oauth2/access_token",
                .api_url = "https://api.bitbucket.org",
                .password_grant_ended =
                    "Bitbucket Cloud ended the password grant on 2022-03-01 for all accounts"};
}

}  // namespace bbgrant

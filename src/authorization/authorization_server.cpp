// SPDX-License-Identifier: MIT
#include "authorization/authorization_server.hpp"

#include "authorization/grants.hpp"

namespace bbgrant::authorization {

AuthorizationServer::AuthorizationServer(store::Store& store, Options options,
                                         const base::Clock& clock, base::Log& log)
    : hasher_(options.password_cost, clock),
      throttle_(clock),
      passwords_(store, hasher_, throttle_, options.behaviour, log),
      issuer_(store, clock, log, options.access_token_ttl),
      token_endpoint_(store, all_grants(store, passwords_, issuer_), options.behaviour, log),
      revocation_endpoint_(store, options.behaviour, log) {}

void AuthorizationServer::add_routes(http::Router& router) {
  using http::Method;
  router.add(Method::kPost, "/site/oauth2/access_token",
             [this](http::Request& request) { return token_endpoint_.answer(request); });
  router.add(Method::kPost, "/site/oauth2/revoke",
             [this](http::Request& request) { return revocation_endpoint_.answer(request); });
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include "authorization/authorization_server.hpp"

#include <utility>

#include "authorization/grants.hpp"

namespace bbgrant::authorization {

AuthorizationServer::AuthorizationServer(store::Store& store, const Sealer& sealer, Options options,
                                         const base::Clock& clock, base::Log& log)
    : behaviour_(options.behaviour),
      hasher_(options.password_cost, clock),
      throttle_(clock),
      passwords_(store, hasher_, throttle_, sealer, behaviour_, log),
      issuer_(store, clock, log, options.access_token_ttl),
      token_endpoint_(store,
                      all_grants({.store = store,
                                  .sealer = sealer,
                                  .passwords = passwords_,
                                  .issuer = issuer_,
                                  .clock = clock,
                                  .behaviour = behaviour_,
                                  .log = log}),
                      behaviour_, log),
      revocation_endpoint_(store, behaviour_, log),
      introspection_endpoint_(store, behaviour_, clock),
      metadata_endpoint_(behaviour_),
      sessions_(store, clock),
      sign_in_(
          store, sessions_, passwords_,
          behaviour_.refuse_demo ? std::vector<DemoSignIn>{} : std::move(options.demo_accounts),
          clock),
      authorize_endpoint_({.store = store,
                           .sessions = sessions_,
                           .sign_in = sign_in_,
                           .issuer = issuer_,
                           .clock = clock,
                           .log = log},
                          behaviour_),
      consumer_pages_({.store = store,
                       .sessions = sessions_,
                       .sign_in = sign_in_,
                       .profile = behaviour_.profile->name,
                       .lifetime = options.access_token_ttl},
                      ConsumerRegistry{store,
                                       {.hasher = hasher_,
                                        .sealer = sealer,
                                        .clock = clock,
                                        .profile = behaviour_.profile->name,
                                        .errors = behaviour_.errors,
                                        .demo = false},
                                       log}) {}

void AuthorizationServer::add_routes(http::Router& router) {
  using http::Method;
  // @param secret  one more name that must not stand in the query.
  const auto options = [this](std::string_view secret) {
    http::RouteOptions made;
    made.cross_origin = true;
    made.judge_head = [this, secret](const http::Request& request) {
      return judge_head(request, secret, behaviour_.errors);
    };
    return made;
  };
  router.add(
      Method::kPost, "/site/oauth2/access_token",
      [this](http::Request& request) { return token_endpoint_.answer(request); }, options({}));
  router.add(
      Method::kPost, "/site/oauth2/revoke",
      [this](http::Request& request) { return revocation_endpoint_.answer(request); },
      options("token"));
  router.add(
      Method::kPost, "/site/oauth2/introspect",
      [this](http::Request& request) { return introspection_endpoint_.answer(request); },
      options("token"));
  router.add(Method::kGet, "/.well-known/oauth-authorization-server",
             [this](http::Request& request) { return metadata_endpoint_.answer(request); },
             {.cross_origin = true});
  sign_in_.add_routes(router);
  authorize_endpoint_.add_routes(router);
  consumer_pages_.add_routes(router);
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "authorization/authorize_endpoint.hpp"
#include "authorization/consumer_pages.hpp"
#include "authorization/introspection_endpoint.hpp"
#include "authorization/metadata_endpoint.hpp"
#include "authorization/page_sessions.hpp"
#include "authorization/password_check.hpp"
#include "authorization/password_hasher.hpp"
#include "authorization/revocation_endpoint.hpp"
#include "authorization/seal.hpp"
#include "authorization/sign_in_pages.hpp"
#include "authorization/throttle.hpp"
#include "authorization/token_endpoint.hpp"
#include "authorization/token_issuer.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "http/router.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// The parts of the authorization server, wired together. Thread-safe once its routes are added.
class AuthorizationServer {
 public:
  struct Options {
    Behaviour behaviour;
    PasswordCost password_cost = PasswordCost::standard();
    /// Life of an access token where the consumer sets none; unset leaves it to the profile.
    std::optional<std::chrono::seconds> access_token_ttl;
    /// Accounts with a button on the sign-in page.
    std::vector<DemoSignIn> demo_accounts = {};
  };

  /// The store, the sealer, the clock and the log outlive this.
  AuthorizationServer(store::Store& store, const Sealer& sealer, Options options,
                      const base::Clock& clock, base::Log& log);

  /// Adds the endpoints under /site/oauth2, the metadata, the pages of an account and the
  /// consumers' settings; this outlives the router.
  void add_routes(http::Router& router);

  /// Answers authorization requests in a person's place; outlives this. Before anything is served.
  void set_approver(Approver& approver) { authorize_endpoint_.set_approver(approver); }

  [[nodiscard]] Throttle& throttle() noexcept { return throttle_; }
  [[nodiscard]] TokenIssuer& issuer() noexcept { return issuer_; }
  [[nodiscard]] const PasswordHasher& hasher() const noexcept { return hasher_; }

 private:
  Behaviour behaviour_;
  PasswordHasher hasher_;
  Throttle throttle_;
  PasswordCheck passwords_;
  TokenIssuer issuer_;
  TokenEndpoint token_endpoint_;
  RevocationEndpoint revocation_endpoint_;
  IntrospectionEndpoint introspection_endpoint_;
  MetadataEndpoint metadata_endpoint_;
  PageSessions sessions_;
  SignInPages sign_in_;
  AuthorizeEndpoint authorize_endpoint_;
  ConsumerPages consumer_pages_;
};

}  // namespace bbgrant::authorization

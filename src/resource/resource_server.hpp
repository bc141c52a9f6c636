// SPDX-License-Identifier: MIT
#pragma once

#include "http/router.hpp"
#include "resource/caller.hpp"
#include "resource/operations.hpp"
#include "store/store.hpp"

namespace bbgrant::resource {

/// Bitbucket's REST API under /2.0. Thread-safe once its routes are added.
class ResourceServer {
 public:
  /// Store and verifier outlive this.
  ResourceServer(store::Store& store, TokenVerifier& verifier);

  /// Adds a route for each operation; this outlives the router.
  void add_routes(http::Router& router);

 private:
  // Token, then scope, then the operation; the scope headers go on every answer.
  [[nodiscard]] boost::asio::awaitable<http::Response> serve(const Operation& operation,
                                                             http::Request& request);

  store::Store& store_;
  TokenVerifier& verifier_;
};

}  // namespace bbgrant::resource

// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include "authorization/behaviour.hpp"
#include "http/message.hpp"

namespace bbgrant::authorization {

/// GET /.well-known/oauth-authorization-server. RFC 8414. Ours: Bitbucket Cloud has no such
/// document. The issuer is the origin of the request's accepted Host, so that a client stays on the
/// origin that it used (S22). Names what answers and nothing else (S65). Thread-safe.
class MetadataEndpoint {
 public:
  explicit MetadataEndpoint(const Behaviour& behaviour) : behaviour_(behaviour) {}

  [[nodiscard]] boost::asio::awaitable<http::Response> answer(http::Request& request) const;

 private:
  const Behaviour& behaviour_;
};

}  // namespace bbgrant::authorization

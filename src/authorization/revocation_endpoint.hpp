// SPDX-License-Identifier: MIT
#pragma once

#include <variant>

#include <boost/asio/awaitable.hpp>

#include "authorization/behaviour.hpp"
#include "authorization/error_table.hpp"
#include "base/log.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// POST /site/oauth2/revoke. RFC 7009. Ours: Bitbucket Cloud has no such endpoint. Thread-safe.
///
/// A revoked token is dead before the 200 is sent (S29). Revoking a refresh token kills its access
/// tokens, revoking an access token leaves the refresh token. An unknown or dead token is 200 as
/// well. The token of another consumer is 400 `unauthorized_client` and stays as it is (S30).
class RevocationEndpoint {
 public:
  RevocationEndpoint(store::Store& store, Behaviour behaviour, base::Log& log);

  [[nodiscard]] boost::asio::awaitable<http::Response> answer(http::Request& request);

 private:
  [[nodiscard]] boost::asio::awaitable<std::variant<std::monostate, Refused>> judge(
      http::Request& request);

  store::Store& store_;
  Behaviour behaviour_;
  base::Log& log_;
};

}  // namespace bbgrant::authorization

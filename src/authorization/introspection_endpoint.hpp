// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>

#include "authorization/behaviour.hpp"
#include "authorization/throttle.hpp"
#include "authorization/token_question.hpp"
#include "base/clock.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// POST /site/oauth2/introspect. RFC 7662. Ours: Bitbucket Cloud has no such endpoint. Thread-safe.
///
/// A consumer learns of its own tokens only: another's, a dead and an unknown one are all exactly
/// `{"active":false}` (S30, S79). Many such answers slow the asker down (RFC 7662 section 4).
class IntrospectionEndpoint {
 public:
  IntrospectionEndpoint(store::Store& store, const Behaviour& behaviour, const base::Clock& clock);

  [[nodiscard]] boost::asio::awaitable<http::Response> answer(http::Request& request);

 private:
  [[nodiscard]] boost::asio::awaitable<nlohmann::ordered_json> describe(
      const TokenQuestion& question) const;

  store::Store& store_;
  const Behaviour& behaviour_;
  const base::Clock& clock_;
  Throttle misses_;
};

}  // namespace bbgrant::authorization

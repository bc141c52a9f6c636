// SPDX-License-Identifier: MIT
#pragma once

#include "authorization/token_endpoint.hpp"
#include "base/clock.hpp"
#include "resource/caller.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

/// Answers the resource server's question from the authorization server's store: one indexed read
/// a request, so that a revocation holds at once (S29).
class StoreVerifier : public resource::TokenVerifier {
 public:
  /// @param behaviour  its profile holds where no known token was sent.
  StoreVerifier(store::Store& store, const authorization::Behaviour& behaviour,
                const base::Clock& clock);

  [[nodiscard]] boost::asio::awaitable<resource::VerifiedToken> verify(
      std::string_view token) override;

 private:
  store::Store& store_;
  authorization::Behaviour behaviour_;
  const base::Clock& clock_;
};

}  // namespace bbgrant::sandbox

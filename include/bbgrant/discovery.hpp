// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include <bbgrant/client.hpp>
#include <bbgrant/server.hpp>

namespace bbgrant {

/// What a server publishes about itself.
struct Discovery {
  Server server{};  ///< api_url is the issuer's origin
  /// kBody only where the server lists it and not Basic.
  ClientAuthentication authentication = ClientAuthentication::kBasic;
  std::string document{};  ///< the JSON as it came
};

/// Reads `/.well-known/oauth-authorization-server` of an issuer (RFC 8414); where that is absent,
/// `openid-configuration`, for its endpoints only. At most 64 KiB, and no redirect is followed.
/// @throws ProtocolError the document's `issuer` is not the one asked for, character for character,
///         or an endpoint is missing or not https (loopback aside) (S85); ConfigError the issuer is
///         no such URL; TransportError.
[[nodiscard]] Discovery discover(std::string_view issuer, const Options& options = {},
                                 std::chrono::milliseconds timeout = Client::kTimeout,
                                 std::stop_token stop = {});

}  // namespace bbgrant

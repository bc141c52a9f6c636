// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bbgrant/client.hpp>

#include "cli/settings.hpp"

namespace bbgrant::cli {

/// Who the command line is to the authorization server.
struct Consumer {
  ConsumerKey key;
  Secret secret;
};

/// The server that the settings name, as far as that needs no look-up: the sandbox when they name
/// none. Nothing when they name the URL of an issuer.
/// @throws UsageError
[[nodiscard]] std::optional<Server> named_server(const Config& config);

/// The server that the settings choose. An issuer's document is read (RFC 8414), without a secret;
/// a server on loopback that has none is one with Bitbucket's paths, such as a sandbox on another
/// port.
/// @param options  whose authentication is set to what the issuer wants.
/// @throws UsageError, and what bbgrant::discover() throws.
[[nodiscard]] Server choose_server(const Config& config, Options& options);

/// Refuses half a consumer, and none for a URL that is not on loopback: the demo consumer's secret
/// is public, but a password sent along with it would not be (S98).
/// @throws UsageError
void check_consumer(const Config& config, std::string_view url);

/// The consumer that the settings choose, or else the sandbox's demo consumer of the command line.
/// @throws as check_consumer()
[[nodiscard]] Consumer choose_consumer(const Config& config, const Server& server);

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <bbgrant/client.hpp>

#include "cli/settings.hpp"

namespace bbgrant::cli {

/// Who the command line is to the authorization server.
struct Consumer {
  ConsumerKey key;
  Secret secret;
};

/// Whether a URL leads to this machine: localhost, 127.0.0.0/8 or [::1].
[[nodiscard]] bool is_loopback_url(std::string_view url);

/// The server that the settings choose; the sandbox when they choose none. A loopback URL without a
/// path is a server with Bitbucket's paths, such as a sandbox on another port.
/// @throws UsageError
[[nodiscard]] Server choose_server(const Config& config);

/// The consumer that the settings choose, or else the sandbox's demo consumer of the command line,
/// which goes to loopback only (S98).
/// @throws UsageError half a consumer, or none for a server that is not on loopback.
[[nodiscard]] Consumer choose_consumer(Config& config, const Server& server);

}  // namespace bbgrant::cli

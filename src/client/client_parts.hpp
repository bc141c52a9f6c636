// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include <bbgrant/client.hpp>

#include "client/exchange.hpp"
#include "client/url.hpp"

namespace bbgrant {

/// What a Client is made of. Never changed once made, so threads need no lock.
struct Client::Parts {
  Server server;
  ConsumerKey key;
  Secret secret;
  ClientAuthentication authentication = ClientAuthentication::kBasic;
  bool allow_plain_http = false;
  Clock clock;
  detail::Line line;

  /// A form for an endpoint of the authorization server, with the client's credentials.
  [[nodiscard]] HttpRequest form_request(std::string url, std::vector<FormField> fields,
                                         std::chrono::milliseconds timeout,
                                         std::stop_token stop) const;
};

}  // namespace bbgrant

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <span>
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
  /// The form of RFC 7009 and RFC 7662: a token and a hint of its kind.
  /// @throws ConfigError the token is empty.
  [[nodiscard]] HttpRequest token_form(std::string url, const Secret& token, WireKind kind,
                                       std::chrono::milliseconds timeout,
                                       std::stop_token stop) const;
  /// Client::token_request(); `authorization`, where not empty, stands in for the client's
  /// credentials.
  [[nodiscard]] Token token_request(std::vector<FormField> fields, WireText authorization,
                                    std::string_view purpose, std::chrono::milliseconds timeout,
                                    std::stop_token stop) const;
  /// The URL of an authorization request with a fresh state. @throws as begin_authorization().
  [[nodiscard]] Authorization authorization_request(std::string response_type,
                                                    const RedirectUri& redirect_uri,
                                                    const Scopes& scopes) const;
  [[nodiscard]] HttpRequest bare_form_request(std::string url, std::span<const FormField> fields,
                                              std::chrono::milliseconds timeout,
                                              std::stop_token stop) const;
};

}  // namespace bbgrant

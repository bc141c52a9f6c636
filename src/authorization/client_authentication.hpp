// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "authorization/behaviour.hpp"
#include "authorization/error_table.hpp"
#include "bbgrant/secret.hpp"
#include "http/form.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// What a client sent to say who it is.
struct ClientCredentials {
  std::string key;
  Secret secret;  ///< empty when none was sent
};

/// Reads client credentials from Basic authentication or from the body (RFC 6749 section 2.3.1).
/// Key and secret are form-decoded inside Basic. The body's secret is moved out of the form.
/// Both at once: under Bitbucket's errors good if they agree, since widely used clients send both;
/// under the standard's refused, since section 2.3 allows one method. S6.
[[nodiscard]] std::variant<ClientCredentials, Refused> read_client_credentials(
    const http::Headers& headers, http::Form& form, ErrorStyle style);

/// Authenticates a client against the store. The secret is compared as a hash, in constant time,
/// and an unknown key takes the same comparison (S7). Every consumer has a secret, as on Bitbucket;
/// under the standard's errors a public one may leave it out in the code grant with PKCE (S6).
/// @throws store::StoreError
[[nodiscard]] boost::asio::awaitable<std::variant<store::Consumer, Refused>> authenticate_client(
    store::Store& store, const http::Headers& headers, http::Form& form,
    const Behaviour& behaviour);

}  // namespace bbgrant::authorization

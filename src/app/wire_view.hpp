// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <bbgrant/bbgrant.hpp>
#include <nlohmann/json_fwd.hpp>

namespace bbgrant::app {

/// Whether secrets of the wire are shown or masked. A password never is: the record has none (S14).
enum class Secrets { kMasked, kShown };

/// What the renderings as curl and as C++ need beside the bytes.
struct WireContext {
  const Server& server;
  std::string_view consumer_key;
  /// Read only when secrets are shown.
  const Secret& consumer_secret;
};

/// All functions give a list of {"text", "kind"}; kind is the class of the span: whose the bytes
/// are ("owner", "client", "issued", "data"), what they are ("verb", "name", "bad") or how they are
/// masked ("m-owner", "m-client", "m-issued"). The texts in order are the whole rendering.

[[nodiscard]] nlohmann::json raw_request(const Exchange& exchange, Secrets secrets);
[[nodiscard]] nlohmann::json curl_request(const Exchange& exchange, const WireContext& context,
                                          Secrets secrets);
[[nodiscard]] nlohmann::json cpp_request(const Exchange& exchange, const WireContext& context,
                                         Secrets secrets);
[[nodiscard]] nlohmann::json raw_response(const WireMessage& response, Secrets secrets);
/// With the headers that tell something and a JSON body indented; any other body as it came.
[[nodiscard]] nlohmann::json pretty_response(const WireMessage& response, bool from_api,
                                             Secrets secrets);

/// Whether anything in it could be shown on request.
[[nodiscard]] bool has_secrets(const Exchange& exchange);

}  // namespace bbgrant::app

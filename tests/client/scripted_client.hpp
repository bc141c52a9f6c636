// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <bbgrant/bbgrant.hpp>

#include "support/scripted_server.hpp"

namespace bbgrant::testing {

inline Secret secret(std::string_view text) { return Secret{text}; }

inline Client client_of(const ScriptedServer& server, Options options = {}) {
  return Client{Server::sandbox(server.origin()), ConsumerKey{"key"}, secret("consumer secret"),
                std::move(options)};
}

inline const std::string kTokenAnswer =
    R"({"access_token":"AT","token_type":"bearer","expires_in":7200,"refresh_token":"RT"})";

/// What follows the empty line of a request.
inline std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

}  // namespace bbgrant::testing

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "authorization/behaviour.hpp"
#include "authorization/error_table.hpp"
#include "authorization/scopes.hpp"
#include "http/form.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// Where an answer of the authorization endpoint goes, once that is known to be safe.
struct AnswerPlace {
  std::string redirect_uri;
  bool in_fragment = false;
  /// Sent back byte for byte (S18).
  std::optional<std::string> state = {};
};

/// An authorization request that has passed all checks. RFC 6749 sections 4.1.1 and 4.2.1.
struct AskedAuthorization {
  store::Consumer consumer;
  std::string response_type;
  bool redirect_uri_sent = false;
  ScopeSet scopes;
  std::optional<std::string> challenge = {};
  AnswerPlace place;
};

/// What only a page may say, since there is nowhere safe to redirect to (S17).
struct NoPlace {
  std::string heading;
  std::string detail;
};

/// What the client is told by redirect (S73).
struct RefusedAuthorization {
  Refused refused;
  AnswerPlace place;
};

using JudgedAuthorization = std::variant<AskedAuthorization, NoPlace, RefusedAuthorization>;

/// Judges the parameters in one order: client, redirect URI, then the rest.
/// @param origin  of this server as the browser reached it.
/// @throws store::StoreError
[[nodiscard]] boost::asio::awaitable<JudgedAuthorization> judge_authorization(
    store::Store& store, const http::Form& parameters, std::string origin,
    const Behaviour& behaviour);

}  // namespace bbgrant::authorization

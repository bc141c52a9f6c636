// SPDX-License-Identifier: MIT
#pragma once

#include <variant>

#include <boost/asio/awaitable.hpp>

#include "authorization/behaviour.hpp"
#include "authorization/error_table.hpp"
#include "bbgrant/secret.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// What a client sends about a token: to revoke it (RFC 7009 section 2.1) or to learn of it
/// (RFC 7662 section 2.1). `token_type_hint` only says where to look first; a hash is looked up in
/// both places anyway, so a wrong or unknown hint does not matter (S78).
struct TokenQuestion {
  store::Consumer consumer;
  Secret token;
};

/// Checks the request and who sends it: secrets and the token in the URL, content type, repeated
/// parameters, client authentication as at the token endpoint (S30, S78).
/// @throws store::StoreError
[[nodiscard]] boost::asio::awaitable<std::variant<TokenQuestion, Refused>> read_token_question(
    store::Store& store, const Behaviour& behaviour, http::Request& request);

}  // namespace bbgrant::authorization

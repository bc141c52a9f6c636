// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"
#include "resource/caller.hpp"

namespace bbgrant::resource {

/// The longest token that is looked up, in bytes (S33). Tokens of today pass 2,500.
inline constexpr std::size_t kLongestToken = 8 * 1024;

/// Why a request's token is not taken.
enum class BearerRefusal {
  kTwoTokens,  ///< 400: a token in two places, or twice in one (S32)
  kInvalid,    ///< 401: unknown, revoked, malformed, or of another kind (S33, S37)
  kExpired,    ///< 401: it was good until its time ran out
};

/// No token was sent.
struct Anonymous {};

using Bearer = std::variant<Anonymous, Caller, BearerRefusal>;

/// Finds the access token of a request and judges it. RFC 6750 section 2: the Authorization header
/// (scheme in any case); a form field `access_token` for methods with a form body; else the query.
/// Form and query are Bitbucket's rules of old: a token there whose consumer takes it in the header
/// only is ignored before tokens are counted.
[[nodiscard]] boost::asio::awaitable<Bearer> judge_bearer(TokenVerifier& verifier,
                                                          const http::Request& request);

}  // namespace bbgrant::resource

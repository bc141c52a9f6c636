// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "authorization/error_table.hpp"
#include "authorization/grant.hpp"
#include "http/message.hpp"

namespace bbgrant::authorization {

/// A token response: RFC 6749 section 5.1 with the members that the profile has, in their order.
/// @param grant_type  sent as `state` where the profile does so.
[[nodiscard]] http::Response token_response(const Issued& issued, const Profile& profile,
                                            std::string_view grant_type);

/// An error response of RFC 6749 section 5.2, `error_description` before `error` as Bitbucket has
/// them. Status 401 comes with `WWW-Authenticate: Basic`, a wait with `Retry-After`.
[[nodiscard]] http::Response error_response(const Refused& refused, ErrorStyle style);

/// Headers that every answer of a token endpoint has (S11): no-store, and for old caches no-cache.
void forbid_caching(http::Response& response);

}  // namespace bbgrant::authorization

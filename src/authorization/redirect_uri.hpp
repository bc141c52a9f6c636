// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authorization/error_table.hpp"

namespace bbgrant::authorization {

/// Why a callback URL cannot be registered, in words for a person; nothing when it can. Absolute,
/// no fragment, no user information; a scheme of one's own has a dot (RFC 8252 section 7.1). Plain
/// http elsewhere than on loopback is refused under the standard's errors only (S17, S76).
[[nodiscard]] std::optional<std::string> fault_of_callback(std::string_view url, ErrorStyle style);

/// Whether a request may name this redirect URI.
/// Bitbucket: the registered one, or one that it begins, as whole segments. The standard (RFC 9700
/// section 2.1): the same string. A loopback address without a port takes any port in both, one
/// with a port does under the standard (RFC 8252 section 7.3). S17, S76.
[[nodiscard]] bool may_redirect_to(std::string_view registered, std::string_view asked,
                                   ErrorStyle style);

/// What Content-Security-Policy's form-action needs for the redirect to go through: an origin, or a
/// scheme where the grammar has no origin. S46.
[[nodiscard]] std::string form_action_of(std::string_view redirect_uri);

using AnswerFields = std::vector<std::pair<std::string, std::string>>;

/// The redirect URI with an answer: in the fragment, or added to the query that it has (S23).
[[nodiscard]] std::string with_answer(std::string_view redirect_uri, const AnswerFields& fields,
                                      bool in_fragment);

/// Host and path, for people: "localhost:3000/oauth-callback".
[[nodiscard]] std::string place_of(std::string_view redirect_uri);

}  // namespace bbgrant::authorization

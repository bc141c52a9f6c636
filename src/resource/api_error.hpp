// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"
#include "resource/bearer.hpp"
#include "resource/caller.hpp"

namespace bbgrant::resource {

/// `{"type": "error", "error": {"message": ...}}`, with `detail` when it is not empty: the shape of
/// every error of Bitbucket's REST API.
[[nodiscard]] http::Response api_error(int status, std::string_view message,
                                       std::string_view detail = {});

/// 400 or 401 with `WWW-Authenticate: Bearer` and its error code (RFC 6750 section 3.1).
[[nodiscard]] http::Response bearer_error(BearerRefusal refusal);

/// 401 for an endpoint that needs a token, when none was sent: a challenge without an error code.
[[nodiscard]] http::Response token_needed();

/// 403 that names the scope needed and those granted (S34).
[[nodiscard]] http::Response scope_missing(std::string_view required, const Scopes& granted);

/// 404 for a path that nothing is hosted at, in Bitbucket's words.
[[nodiscard]] http::Response no_such_api();

/// 404, also for a workspace that the caller may not see (S35).
[[nodiscard]] http::Response no_such_workspace(std::string_view identifier);

}  // namespace bbgrant::resource

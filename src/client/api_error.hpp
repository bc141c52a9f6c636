// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <bbgrant/error.hpp>

#include "client/masking.hpp"

namespace bbgrant::detail {

/// The error for an API's answer of 400 or above. Pure. Reads Bitbucket's
/// `{"error": {"message", "detail"}}`, OAuth's `{"error", "error_description"}`, and the headers.
[[nodiscard]] ApiError api_error(const HttpRequest& request, std::string_view shown_url,
                                 const HttpResponse& response, std::chrono::sys_seconds now,
                                 const KnownSecrets& known);

}  // namespace bbgrant::detail

// SPDX-License-Identifier: MIT
#pragma once

#include "http/server.hpp"

namespace bbgrant::sandbox {

/// The sandbox's answer to what no handler answered: the REST API's shape under /2.0 and where the
/// path is not known, OAuth's under /site/oauth2. No detail of a fault, only the request's id
/// (S67).
[[nodiscard]] http::Response error_page(const http::Request* request, const http::ErrorInfo& info);

}  // namespace bbgrant::sandbox

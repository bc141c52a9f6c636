// SPDX-License-Identifier: MIT
#pragma once

#include "resource/operations.hpp"

namespace bbgrant::resource {

/// GET /2.0/repositories/{workspace}: a page of those that the caller may see. Without a token the
/// public ones; a private one shows to owners and to those with a permission on it (S35).
[[nodiscard]] boost::asio::awaitable<http::Response> list_repositories(Call call);

}  // namespace bbgrant::resource

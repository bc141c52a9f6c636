// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "resource/links.hpp"
#include "resource/operations.hpp"

namespace bbgrant::resource {

/// GET /2.0/user/workspaces: a page of the workspaces that the caller is a member of.
[[nodiscard]] boost::asio::awaitable<http::Response> list_user_workspaces(Call call);

/// GET /2.0/workspaces/{workspace}: by slug or by uuid in braces.
[[nodiscard]] boost::asio::awaitable<http::Response> get_workspace(Call call);

/// The workspace that the path names, unless the caller may not see it: a private one is hidden
/// from all but its members (S35).
[[nodiscard]] boost::asio::awaitable<std::optional<store::Workspace>> visible_workspace(
    const Call& call);

}  // namespace bbgrant::resource

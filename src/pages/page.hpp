// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "http/message.hpp"

namespace bbgrant::pages {

/// The Content-Security-Policy of our pages: nothing but our own styles, scripts and pictures, no
/// inline code, no frames (S19, S46).
/// @param form_action  sources beside 'self' to which a form of this page may lead by a redirect,
///                     such as "https://client.example"; empty for most pages. The caller has
///                     checked it.
[[nodiscard]] std::string content_security_policy(std::string_view form_action = {});

/// Renders a template with the policy above, never kept by browser or proxy, never framed.
/// Adds "assets", the paths of all assets by their names with "_" for ".", to the data:
/// {{assets.site_css}}.
/// @throws what render() throws.
[[nodiscard]] http::Response page(int status, std::string_view name, const nlohmann::json& data);

}  // namespace bbgrant::pages

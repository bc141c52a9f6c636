// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace bbgrant::http {
class Router;
}

namespace bbgrant::pages {

/// Where a page finds an asset: "/assets/site.0a1b2c3d4e5f.css".
/// @param name  as in web/assets, "site.css".
/// @throws std::out_of_range when there is no such asset, which is a bug.
[[nodiscard]] std::string asset_path(std::string_view name);

/// Serves every asset under the path that asset_path() gives, to be kept for ever by the browser:
/// other bytes have another path.
void add_asset_routes(http::Router& router);

}  // namespace bbgrant::pages

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "http/message.hpp"

namespace bbgrant::resource {

/// What page of a list was asked for.
struct PageRequest {
  std::int64_t page = 1;
  std::int64_t pagelen = 10;
};

/// How long a page of one list is and may be.
struct PageLimits {
  std::int64_t usual = 10;
  std::int64_t most = 100;
};

/// Reads `page` and `pagelen`; a value that is no number, below 1 or above the limit is Bitbucket's
/// 400 `Invalid pagelen` (or `Invalid page`). Zero stands for the usual length, as on Bitbucket.
[[nodiscard]] std::variant<PageRequest, http::Response> parse_page(const http::Request& request,
                                                                   PageLimits limits = {});

/// A page in Bitbucket's form: `values`, `pagelen`, `size`, `page`, and `next` and `previous` where
/// there are such pages. They repeat the origin that the client used and its whole query, less an
/// access token (S36).
[[nodiscard]] nlohmann::ordered_json page_of(const http::Request& request, const PageRequest& asked,
                                             std::int64_t size,
                                             std::vector<nlohmann::ordered_json> values);

}  // namespace bbgrant::resource

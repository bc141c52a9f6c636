// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <bbgrant/error.hpp>

namespace bbgrant::detail {

/// The challenges of one `WWW-Authenticate` value, in order, up to the first that is malformed.
/// libcurl offers no reader for it. RFC 9110 sections 11.2, 11.6.1 (S82).
[[nodiscard]] std::vector<Challenge> parse_challenges(std::string_view value);

}  // namespace bbgrant::detail

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace bbgrant::resource {

/// Bitbucket keeps the members of its objects in an order of its own.
using Json = nlohmann::ordered_json;

/// `{"href": "..."}`: origin, then the path with each segment percent-encoded.
/// @param origin  that of the request, so that a client stays on the origin it used (S49).
/// @param path    begins with "/"; already encoded.
[[nodiscard]] Json link(std::string_view origin, std::string_view path);

/// Percent-encodes one segment: "{uuid}" becomes "%7Buuid%7D".
[[nodiscard]] std::string segment(std::string_view text);

/// "2024-01-02T03:04:05.000000+00:00": Bitbucket's form of a time.
[[nodiscard]] std::string timestamp(std::chrono::sys_seconds time);

}  // namespace bbgrant::resource

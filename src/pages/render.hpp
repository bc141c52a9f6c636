// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace bbgrant::pages {

/// Fills a template of web/templates.
///
/// Every value is escaped for text and for quoted attributes (& < > " '), which are the only places
/// where templates may put one (S46). An empty string, null and an empty list leave out a section.
/// Templates include parts by {{> _name}}.
/// @param name  without its ending: "tour".
/// @param data  an object; numbers are printed as JSON prints them.
/// @throws std::out_of_range for an unknown template, std::logic_error for a malformed one: bugs.
/// Thread-safe.
[[nodiscard]] std::string render(std::string_view name, const nlohmann::json& data);

}  // namespace bbgrant::pages

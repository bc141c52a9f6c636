// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "app/app.hpp"
#include "app/session.hpp"

namespace bbgrant::app {

/// What stands in the explorer's form.
struct ExplorerForm {
  std::string method = "GET";
  std::string path{};
  std::string body{};
  std::string content_type = "application/json";
  /// Why it was not sent; empty when it was, or not yet.
  std::string fault{};
};

/// The operations in groups, each marked by what the token may do.
[[nodiscard]] nlohmann::json operations_view(std::span<const Operation> operations,
                                             const SessionState& state, const ExplorerForm& form,
                                             bool demo);

/// How many of them the token may call, and which scope would add how many.
[[nodiscard]] nlohmann::json reach_view(std::span<const Operation> operations,
                                        const SessionState& state);

/// The body of an answer as lines of spans {"text", "kind", "target"}: JSON indented, with a target
/// where a string is a link into the same API; anything else as it came.
/// @param api_url  links below it can be followed.
[[nodiscard]] nlohmann::json body_view(const std::string& body, const std::string& api_url);

/// The "next" link of a page of a list as a target below the API; empty when there is none.
[[nodiscard]] std::string next_page(const std::string& body, const std::string& api_url);

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

namespace bbgrant::app {

/// Reads JSON that a server sent. Discarded when it is none, or nested so deep that printing it
/// again could run out of stack (S40). Members keep their order.
[[nodiscard]] inline nlohmann::ordered_json parse_json(std::string_view text) {
  constexpr int kDeepest = 100;
  bool too_deep = false;
  const nlohmann::ordered_json::parser_callback_t watch =
      [&too_deep](int depth, nlohmann::ordered_json::parse_event_t, nlohmann::ordered_json&) {
        too_deep = too_deep || depth > kDeepest;
        return !too_deep;
      };
  auto json = nlohmann::ordered_json::parse(text, watch, false);
  if (too_deep) return nlohmann::ordered_json(nlohmann::ordered_json::value_t::discarded);
  return json;
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#include "client/json_reader.hpp"

#include <set>
#include <string>
#include <vector>

#include "client/inline.hpp"

namespace bbgrant::detail {

BBGRANT_INLINE nlohmann::json read_json(std::string_view text, std::size_t depth,
                                        RepeatedMembers repeated) {
  using Event = nlohmann::json::parse_event_t;
  std::vector<std::set<std::string, std::less<>>> seen;  // one set for each open object
  const auto watch = [&](int level, Event event, nlohmann::json& parsed) {
    const bool opens = event == Event::object_start || event == Event::array_start;
    if (opens && static_cast<std::size_t>(level) >= depth) throw BadJson("it is nested too deeply");
    if (repeated == RepeatedMembers::kAllow) return true;
    if (event == Event::object_start) seen.emplace_back();
    if (event == Event::object_end) seen.pop_back();
    if (event == Event::key && !seen.back().insert(parsed.get_ref<const std::string&>()).second)
      throw BadJson("a member is repeated");
    return true;
  };
  auto value = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  if (value.is_discarded()) throw BadJson("it is not JSON");
  return value;
}

}  // namespace bbgrant::detail

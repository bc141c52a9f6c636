// SPDX-License-Identifier: MIT
#include "app/diagram_drawing.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

namespace bbgrant::app {

namespace {

using nlohmann::json;

// 104, 360, 616 and 872 of 976, in percent; the style sheet has the same numbers.
constexpr double kLane[] = {0, 10.656, 36.885, 63.115, 89.344};
constexpr int kStripLane[] = {0, 10, 34, 58, 82};
constexpr std::string_view kColour[] = {"", "owner", "client", "auth", "resource"};
// The line ends this far before the lane, in percent, so that it does not show beside the tip of
// its own head: 4 to 9 px at every width that the full diagram is shown at.
constexpr double kShort = 0.75;
constexpr int kPhaseGap = 16;

std::string percent(double value) { return fmt::format("{:.3f}%", value); }

std::string_view name_of(State state) {
  switch (state) {
    case State::kIdle:
      return "idle";
    case State::kNext:
      return "next";
    case State::kDone:
      return "done";
    case State::kRefused:
      return "refused";
    case State::kNever:
      return "never";
  }
  return "";
}

std::string_view state_words(State state) {
  switch (state) {
    case State::kIdle:
      return ", not sent yet";
    case State::kNext:
      return ", next";
    case State::kDone:
      return "";
    case State::kRefused:
      return ", refused";
    case State::kNever:
      return ", never sent";
  }
  return "";
}

bool was_sent(const Message& message) {
  return message.state == State::kDone || message.state == State::kRefused;
}

struct Place {
  int height;
  int arrow;
};

Place place_of(const Message& message, bool first, bool compact) {
  const int gap = message.phase.empty() || first ? 0 : kPhaseGap;
  return {(compact ? 48 : 55) + gap, (compact ? 29 : 33) + gap};
}

/// A bar runs from the arrow that starts it to the arrow that ends it, row by row.
enum class Stretch { kNone, kStart, kMiddle, kEnd };

Stretch stretch(std::size_t row, std::size_t first, std::size_t last) {
  if (row < first || row > last || first >= last) return Stretch::kNone;
  if (row == first) return Stretch::kStart;
  if (row == last) return Stretch::kEnd;
  return Stretch::kMiddle;
}

void add_bar(json& bars, int lane, Stretch part, const Place& place) {
  const int top = part == Stretch::kStart ? place.arrow - 5 : 0;
  const int bottom = part == Stretch::kEnd ? place.arrow + 5 : place.height;
  const auto add = [&](std::string_view kind, std::string path) {
    bars.push_back({{"x", percent(kLane[lane])},
                    {"colour", kColour[lane]},
                    {"kind", kind},
                    {"d", std::move(path)}});
  };
  add("fill", fmt::format("M-3 {0}H3V{1}H-3z", top, bottom));
  // The outline is open where the bar goes on in the next row.
  if (part == Stretch::kStart) add("line", fmt::format("M-3 {1}V{0}H3V{1}", top, bottom));
  if (part == Stretch::kMiddle) add("line", fmt::format("M-3 {0}V{1}M3 {0}V{1}", top, bottom));
  if (part == Stretch::kEnd) add("line", fmt::format("M-3 {0}V{1}H3V{0}", top, bottom));
}

struct Span {
  std::size_t first;
  std::size_t last;
};

/// From one part to the other, where the second was sent.
std::optional<Span> span_of(const Messages& messages, Part from, Part to) {
  const auto find = [&](Part part) {
    return static_cast<std::size_t>(
        std::find_if(messages.begin(), messages.end(),
                     [&](const Message& message) { return message.part == part; }) -
        messages.begin());
  };
  const Span span{.first = find(from), .last = find(to)};
  if (span.last == messages.size() || !was_sent(messages[span.last])) return std::nullopt;
  return span;
}

json bars_of(const Messages& messages, std::size_t row, const Place& place) {
  json bars = json::array();
  const auto add = [&](int lane, const std::optional<Span>& span) {
    if (!span) return;
    const Stretch part = stretch(row, span->first, span->last);
    if (part != Stretch::kNone) add_bar(bars, lane, part, place);
  };
  // The client is busy from the first message of the run to the last one that was sent.
  std::optional<Span> busy;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].part > Part::kShown || !was_sent(messages[i])) continue;
    busy = Span{.first = busy ? busy->first : i, .last = i};
  }
  add(2, busy);
  // The servers are, from the request to the answer; so is the client, where it is asked to renew.
  add(3, span_of(messages, Part::kSignedIn, Part::kBrought));
  add(3, span_of(messages, Part::kTokenRequest, Part::kTokenAnswer));
  add(4, span_of(messages, Part::kApiRequest, Part::kApiAnswer));
  for (const int lane : {2, 3}) {
    add(lane, span_of(messages, Part::kRefreshRequest, Part::kRefreshAnswer));
    add(lane, span_of(messages, Part::kRevokeRequest, Part::kRevokeAnswer));
  }
  return bars;
}

json lanes_of(const Message& message, const Place& place) {
  json lanes = json::array();
  const int low = std::min(message.from, message.to);
  const int high = std::max(message.from, message.to);
  for (int lane = 1; lane <= 4; ++lane) {
    const auto add = [&](int y1, int y2) {
      lanes.push_back(
          {{"x", percent(kLane[lane])}, {"y1", y1}, {"y2", y2}, {"colour", kColour[lane]}});
    };
    // A lane that is only crossed opens around the arrow.
    if (lane > low && lane < high) {
      add(0, place.arrow - 6);
      add(place.arrow + 6, place.height);
    } else {
      add(0, place.height);
    }
  }
  return lanes;
}

std::string tip(const Message& message, int x, int y) {
  const int back = message.from < message.to ? -1 : 1;
  if (was_sent(message)) {
    return fmt::format("M{} {}l{} -5v10z", x, y, back * 10);
  }
  return fmt::format("M{} {}l{} 5l{} 5", x + back * 7, y - 5, -back * 7, back * 7);
}

json strip_of(const Message& message) {
  const int back = message.from < message.to ? -1 : 1;
  const int x1 = kStripLane[message.from];
  const int x2 = kStripLane[message.to];
  const std::string head =
      was_sent(message) ? fmt::format("M{} 26l{} -4.5v9z", x2, back * 8)
                        : fmt::format("M{} 22l{} 4l{} 4", x2 + back * 5, -back * 5, back * 5);
  return {{"x1", x1},
          {"x2", x2},
          {"x_end", x2 + back * (was_sent(message) ? 5 : 1)},
          {"tip", head},
          {"cross", (x1 + x2) / 2}};
}

}  // namespace

Message* find_part(Messages& messages, Part part) noexcept {
  const auto found = std::find_if(messages.begin(), messages.end(),
                                  [&](const Message& message) { return message.part == part; });
  return found == messages.end() ? nullptr : &*found;
}

json draw_messages(const Messages& messages, bool compact) {
  json rows = json::array();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    const Place place = place_of(message, i == 0, compact);
    const bool right = message.from < message.to;
    const json bars = bars_of(messages, i, place);
    const bool bar_at_start = std::any_of(bars.begin(), bars.end(), [&](const json& each) {
      return each["colour"] == kColour[message.from];
    });
    const bool bar_at_end = std::any_of(bars.begin(), bars.end(), [&](const json& each) {
      return each["colour"] == kColour[message.to];
    });
    const double end = kLane[message.to] + (right ? -kShort : kShort);
    json row{{"number", i + 1},
             {"state", name_of(message.state)},
             {"state_words", state_words(message.state)},
             {"open", message.open},
             {"pair", message.pair_refused ? "refused" : "fine"},
             {"from", message.from},
             {"to", message.to},
             {"from_colour", kColour[message.from]},
             {"to_colour", kColour[message.to]},
             {"direction", right ? "right" : "left"},
             {"height", place.height},
             {"y", place.arrow},
             {"x1", percent(kLane[message.from])},
             {"x2", percent(kLane[message.to])},
             {"x_end", percent(was_sent(message) ? end : kLane[message.to])},
             {"gradient", message.state == State::kDone},
             {"sent", was_sent(message)},
             {"tip", tip(message, bar_at_end ? (right ? -3 : 3) : 0, 0)},
             {"lanes", lanes_of(message, place)},
             {"bars", bars},
             {"strip", strip_of(message)}};
    const bool solid = was_sent(message) || message.state == State::kNext;
    row["dot"] = bar_at_start ? "" : (solid ? "4" : "3");
    row["cross"] = message.state == State::kRefused ? (right ? "-30" : "30") : "";
    row["aside"] = nullptr;
    row["drawer"] = nullptr;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace bbgrant::app

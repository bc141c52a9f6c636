// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace bbgrant::app {

/// How far a message of the diagram is.
enum class State {
  kIdle,     ///< not sent yet
  kNext,     ///< waits for the person
  kDone,     ///< went over the wire
  kRefused,  ///< the answer was no, or nothing could be sent
  kNever,    ///< something before it was refused
};

/// One message: what it says, and between which lanes, 1 (resource owner) to 4 (resource server).
struct Message {
  int from = 1;
  int to = 2;
  State state = State::kIdle;
  /// Its exchange is open in the drawer.
  bool open = false;
  /// It or the other half of its exchange was refused.
  bool pair_refused = false;
  /// The exchange that it opens; 0 for none.
  int exchange = 0;
  /// Spans of {"text", "kind"}; `brief` where there is less room.
  nlohmann::json label{};
  nlohmann::json brief{};
  /// Set on the first message of a phase.
  std::string_view phase{};
  std::string time{};
  std::string strip_note{};
};

using Messages = std::array<Message, 10>;

/// Geometry of both sizes of the diagram: for each message a row with lanes, arrow, head, dot, bars
/// and cross, in the state's shape. Lanes stand at shares of the width, so that the drawing fills
/// what it is given; heads, dots and bars keep their size.
/// @param compact  an exchange is open, so rows are lower.
[[nodiscard]] nlohmann::json draw_messages(const Messages& messages, bool compact);

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

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

/// What a message is for, in the order of a run. No grant has all of them.
enum class Part {
  kGiven,     ///< the person types name and password into the app
  kSentAway,  ///< the app sends the browser to the authorization server
  kSignedIn,  ///< the person signs in there
  kBrought,   ///< the browser brings a code or a token
  kTokenRequest,
  kTokenAnswer,
  kApiRequest,
  kApiAnswer,
  kShown,  ///< the app shows the person what came
  kRefreshRequest,
  kRefreshAnswer,
  kRevokeRequest,
  kRevokeAnswer,
};

/// One message: what it says, and between which lanes, 1 (resource owner) to 4 (resource server).
struct Message {
  Part part = Part::kGiven;
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

using Messages = std::vector<Message>;

/// The message of that part; null where the grant has none.
[[nodiscard]] Message* find_part(Messages& messages, Part part) noexcept;

/// Geometry of both sizes of the diagram: for each message a row with lanes, arrow, head, dot, bars
/// and cross, in the state's shape. Lanes stand at shares of the width, so that the drawing fills
/// what it is given; heads, dots and bars keep their size.
/// @param compact  an exchange is open, so rows are lower.
[[nodiscard]] nlohmann::json draw_messages(const Messages& messages, bool compact);

}  // namespace bbgrant::app

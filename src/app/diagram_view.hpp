// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "app/diagram_drawing.hpp"
#include "app/session.hpp"

namespace bbgrant::app {

/// The messages of a grant, as that run made them; without a run, as they would be. A message is
/// lit only by what really happened; before that it is words.
[[nodiscard]] Messages messages_of(const SessionState& state, Grant grant, const Run* run,
                                   const Recorded* opened);

/// The rows of the sequence diagram: the messages of the current run's grant, at first those of the
/// password grant.
/// @param opened  the exchange whose pair of arrows is open; may be null. An opened API call is the
///                one that messages 4 to 6 show.
/// @param demo    the server is the sandbox: what is publicly known of its accounts may be said.
[[nodiscard]] nlohmann::json diagram_rows(const SessionState& state, const Recorded* opened,
                                          bool demo);

/// Where an arrow's exchange is opened; `step` is where the page stands then.
[[nodiscard]] std::string exchange_link(int exchange, int step);

/// The step in which messages of that kind are told.
[[nodiscard]] int step_of(ExchangeKind kind) noexcept;

/// "41 ms", "1.2 s".
[[nodiscard]] std::string duration_words(std::chrono::microseconds took);

}  // namespace bbgrant::app

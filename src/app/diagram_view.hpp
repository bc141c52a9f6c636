// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "app/session.hpp"

namespace bbgrant::app {

/// The ten messages of the sequence diagram, as the session's current run made them. A message is
/// lit only by an exchange of the transcript; before that it is words.
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

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "app/session.hpp"
#include "app/wire_view.hpp"

namespace bbgrant::app {

/// What a page of the tour is made of beside the session's state.
struct TourContext {
  const Server& server;
  std::string_view consumer_key;
  const Secret& consumer_secret;
  /// There is a consumer of the newer profile to change to.
  bool can_switch = false;
  /// The server is the sandbox with its demo accounts.
  bool demo = false;
  std::vector<std::string> default_scopes{};
  std::string version{};
  /// "localhost:3000": where the browser reached the app.
  std::string app_host{};
  std::chrono::sys_seconds now{};
};

/// What the address of the page asks for.
struct TourRequest {
  /// The exchange to open; 0 opens none; unset opens the token request of the current run.
  std::optional<int> exchange{};
  Secrets secrets = Secrets::kMasked;
  /// A lesson that is not in the state, such as for a form that could not be sent.
  nlohmann::json* notice = nullptr;
};

/// The values of tour.mustache. Pure: the same state and time give the same page.
[[nodiscard]] nlohmann::json tour_view(const SessionState& state, const TourContext& context,
                                       const TourRequest& request);

/// The values that every page's layout needs.
[[nodiscard]] nlohmann::json layout_view(const SessionState& state, const TourContext& context,
                                         std::string_view title, std::string_view current_path);

/// The paths that step 6 can call, and so the only ones that the app will (S48).
[[nodiscard]] std::vector<std::string> callable_paths(bool demo);

}  // namespace bbgrant::app

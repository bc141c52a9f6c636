// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/session.hpp"

namespace bbgrant::app {

/// What the lessons may know beside the session.
struct LessonContext {
  /// The server is the sandbox: its demo accounts are public.
  bool demo = false;
  /// "http://localhost:7990".
  std::string server_origin{};
};

/// The session's last trouble as a lesson: what happened, what it means, what to do. Null when
/// there is none. Says nothing that the server's answer does not, except of demo accounts.
[[nodiscard]] nlohmann::json lesson_of(const SessionState& state, const LessonContext& context);

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "app/session.hpp"

namespace bbgrant::app {

/// Everything that was sent in this session as Markdown, each secret as "***" (S50).
[[nodiscard]] std::string transcript_markdown(const SessionState& state);

}  // namespace bbgrant::app

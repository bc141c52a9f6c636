// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/server.hpp"

namespace bbgrant::http {

/// Who may read the counters.
enum class MetricsFor { kLoopback, kEverybody };

/// What a server counted, as Prometheus text (its exposition format 0.0.4). Labels come from fixed
/// sets: the server's name, the patterns of its routes, classes of status (S51).
[[nodiscard]] std::string metrics_text(const Server& server, std::string_view name);

/// Answers GET /metrics: 404 to an address that may not read it.
[[nodiscard]] Response metrics_answer(const Server& server, std::string_view name,
                                      const Request& request, MetricsFor readers);

}  // namespace bbgrant::http

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace bbgrant::http {

/// The standard phrase of a status; "Unknown" for others. Internal to this room, as all here.
[[nodiscard]] std::string_view phrase_of(int status) noexcept;

/// "Sun, 06 Nov 1994 08:49:37 GMT", RFC 9110 section 5.6.7.
[[nodiscard]] std::string format_date(std::chrono::sys_seconds time);

/// Adds to the response what every response has and this one has not: the security headers (S90),
/// then the server's own extra headers.
void complete_headers(Response& response, const Headers& extra_headers, bool secure,
                      std::string_view host);

enum class ConnectionHeader { kNone, kKeepAlive, kClose };

struct HeadOptions {
  std::string_view date;
  ConnectionHeader connection = ConnectionHeader::kNone;
};

/// Appends status line, headers and the empty line to `out`. Content-Length is set by the body,
/// except for statuses that have none.
void write_head(std::string& out, const Response& response, const HeadOptions& options);

}  // namespace bbgrant::http

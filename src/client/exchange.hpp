// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <bbgrant/client.hpp>
#include <bbgrant/transport.hpp>
#include <bbgrant/wire.hpp>

#include "client/masking.hpp"

namespace bbgrant::detail {

/// What a body may hold, which says how it is hidden in the record.
enum class BodyHolds { kTokens, kData };

/// How Client and ApiClient reach a server.
struct Line {
  std::shared_ptr<Transport> transport;
  WireObserver observer;
  std::string user_agent;
};

/// @throws ConfigError the user agent cannot be sent.
[[nodiscard]] Line line_from(const Options& options);

/// Checks the request (S86), sends it, tells the observer. Adds nothing.
[[nodiscard]] HttpResponse exchange(const Line& line, const HttpRequest& request,
                                    std::string_view purpose, BodyHolds holds);

/// RFC 9110 section 5.6.2.
[[nodiscard]] bool is_http_token(std::string_view text) noexcept;
[[nodiscard]] bool same_in_any_case(std::string_view left, std::string_view right) noexcept;

/// `Retry-After` in seconds or as a date, at most a day; nothing when absent or odd.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const Headers& headers,
                                                              std::chrono::sys_seconds now);

}  // namespace bbgrant::detail

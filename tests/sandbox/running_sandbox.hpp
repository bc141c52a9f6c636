// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "http/raw_client.hpp"
#include "http/test_server.hpp"
#include "sandbox/sandbox.hpp"

namespace bbgrant::sandbox::testing {

using http::testing::RawAnswer;

/// Options for a sandbox that leaves nothing behind: memory (or, with BBGRANT_TEST_STORE=postgres,
/// a new PostgreSQL store), minimal cost, port 0, with the two demo consumers "app" and
/// "app-today", whose secret is "secret".
[[nodiscard]] Options test_options();

/// A sandbox that runs, and requests to it over real sockets.
class RunningSandbox {
 public:
  explicit RunningSandbox(Options options = test_options());

  /// Sends head and body as they are given, with Host, Connection and Content-Length added.
  /// @param line     "GET /2.0/user"
  /// @param headers  each ended by CRLF
  [[nodiscard]] RawAnswer send(std::string_view line, std::string_view headers = {},
                               std::string_view body = {});
  /// GET with the token in the header; without one when it is empty.
  [[nodiscard]] RawAnswer get(std::string_view path, std::string_view token = {});
  /// POST of a form, as the consumer "app".
  [[nodiscard]] RawAnswer post(std::string_view path, std::string_view form);
  /// An access token of the demo account by the password grant.
  [[nodiscard]] std::string token(std::string_view name, std::string_view scope = {});

  http::testing::LogLines lines;
  base::Log log{lines.sink()};
  Sandbox sandbox;
};

/// The Authorization header of the consumer "app", ended by CRLF.
inline constexpr const char* kAppAuthorization = "Authorization: Basic YXBwOnNlY3JldA==\r\n";

}  // namespace bbgrant::sandbox::testing

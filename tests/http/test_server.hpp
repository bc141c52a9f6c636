// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/loops.hpp"
#include "http/server.hpp"

namespace bbgrant::http::testing {

/// Log lines of a test. Thread-safe.
class LogLines {
 public:
  [[nodiscard]] base::Log::Sink sink() {
    return [this](std::string_view line) {
      const std::lock_guard lock{mutex_};
      lines_.emplace_back(line);
    };
  }
  /// How many lines hold all of these texts.
  [[nodiscard]] std::size_t count(const std::vector<std::string_view>& texts) const;
  [[nodiscard]] std::string all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// A server on a port of the system's choice, with some routes to play with:
///
///   GET /hello            "hello"
///   POST /echo            the body (at most 1,000 bytes)
///   GET /path/{one}       what {one} matched
///   GET /rest/{all...}    what {all...} matched
///   GET /throw            an exception with a secret in its text
///   GET /address          remote_address, a blank, address_key, a blank, origin()
class TestServer {
 public:
  /// @param prepare  may change the options and add routes before the start.
  explicit TestServer(const std::function<void(ServerOptions&, Router&)>& prepare =
                          [](ServerOptions&, Router&) {});
  ~TestServer();

  [[nodiscard]] std::uint16_t port() const { return server.port(); }
  /// "GET /hello HTTP/1.1\r\nHost: …\r\n" and the further headers, each ended by CRLF.
  [[nodiscard]] std::string request(std::string_view line, std::string_view headers = "",
                                    std::string_view body = "") const;

  LogLines lines;
  base::Log log{lines.sink()};
  base::SystemClock clock;
  base::EventLoops loops{"test", 2};
  Server server;
};

/// Polls until the condition holds, for at most five seconds.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

}  // namespace bbgrant::http::testing

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <bbgrant/bbgrant.hpp>

#include "http/message.hpp"

namespace bbgrant::base {
class Clock;
}

namespace bbgrant::app {

class ServerCalls;

/// Answers /healthcheck. A server on loopback is looked at once a second on a thread of its own, so
/// that a request never waits for it; any other server is judged by the last real call.
class Health {
 public:
  /// @param health_url  of the server; not on loopback: nobody looks. Empty: a server whose token
  ///                    endpoint is on loopback is looked at there, and any answer will do.
  /// @param ca_file     as in CurlOptions.
  Health(std::string health_url, std::string version, const ServerCalls& calls,
         const base::Clock& clock, std::string ca_file);
  ~Health();
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  /// Looks once, then begins to look each second.
  void start();
  /// May be called twice.
  void stop();

  /// application/health+json: 200 and "pass", or 503 and "fail" naming what fails
  /// (draft-inadarei-api-health-check-06). Does not block.
  [[nodiscard]] http::Response answer() const;

 private:
  struct Look {
    /// Empty when all is well.
    std::string trouble;
    std::chrono::microseconds took{};
    std::chrono::sys_seconds when{};
  };
  [[nodiscard]] Look look(std::stop_token stop) const;
  void run(const std::stop_token& stop);

  bool any_answer_;
  std::string url_;
  std::string version_;
  const ServerCalls& calls_;
  const base::Clock& clock_;
  std::chrono::steady_clock::time_point started_;
  std::shared_ptr<Transport> transport_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<Look> last_;
  std::jthread thread_;
};

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sandbox/options.hpp"

namespace bbgrant::base {
class Log;
class MovableClock;
}  // namespace bbgrant::base

namespace bbgrant::sandbox {

/// The key of the third demo consumer, the command line's own. Public on purpose; it only works on
/// a sandbox, and the command line sends its secret to loopback alone (S98).
inline constexpr const char* kCommandLineKey = "bbgrantDemoCliKey";
inline constexpr const char* kCommandLineSecret = "bbgrant-demo-cli-secret-not-for-production";

/// Bitbucket Cloud on this machine: the authorization server and the resource server behind one
/// HTTP server, on event loops of their own.
///
/// start() and stop() are called from one thread; the rest runs on the sandbox's own threads.
class Sandbox {
 public:
  /// Opens and seeds the store. Nothing listens yet.
  /// @throws base::StartError when the options, the data folder, the key or the store are unusable;
  ///         its text is one line that says what is wrong and what to do.
  Sandbox(Options options, base::Log& log);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  /// Listens and serves. Returns once both loopback addresses accept connections.
  /// @throws base::StartError when the port is taken.
  void start();

  /// The port that start() took.
  [[nodiscard]] std::uint16_t port() const;

  /// "http://localhost:7990", or --base-url: where a client reaches this sandbox.
  [[nodiscard]] std::string origin() const;

  /// What the person who starts it should know: insecure settings, each one line. Empty when none.
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// The time of this sandbox; moving it on lets tokens expire without waiting.
  [[nodiscard]] base::MovableClock& clock();

  /// Tells the store of failed sign-ins and hears of other instances' now, not within a second.
  void share_throttle();

  /// Stops listening, finishes what is in flight within the grace time, closes the store.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{5});

  /// Sets the callback of the demo consumers to the app's real address (port 0).
  void set_demo_callback(const std::string& callback_url);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bbgrant::sandbox

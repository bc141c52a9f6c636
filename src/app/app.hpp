// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bbgrant/bbgrant.hpp>

namespace bbgrant::base {
class Clock;
class EventLoops;
class Log;
}  // namespace bbgrant::base

namespace bbgrant::app {

/// The key and secret under which the app is registered at the authorization server.
struct Consumer {
  std::string key;
  Secret secret;
};

/// One operation of the REST API, for the explorer's list.
struct Operation {
  std::string method;
  /// "/2.0/repositories/{workspace}".
  std::string path;
  /// Needed of a token; empty when any token will do.
  std::string scope;
  std::string summary;
};

/// What `bbgrant serve` sets.
struct AppOptions {
  Consumer consumer;
  /// The consumer of the sandbox's newer profile: the page switches between the two.
  std::optional<Consumer> consumer2026;
  /// How they show who they are: by setting, or as discovery found.
  ClientAuthentication authentication = ClientAuthentication::kBasic;
  /// Where the app asks for tokens and data. No request can change it (S48).
  Server server;
  /// Port to listen on, on 127.0.0.1 and ::1; 0 takes a free one.
  std::uint16_t port = 3000;
  /// The address that is registered at the server, where an authorization code arrives. Empty:
  /// /oauth-callback of this app. The password grant does not use it.
  std::string callback_url;
  /// What "Run it as alice" asks for, and what the form has ticked at first.
  std::vector<std::string> scopes = {"account", "repository"};
  /// The server is our sandbox with its demo seed: the page offers alice, bob and carol, and may
  /// say what is publicly known of them.
  bool sandbox = false;
  /// Looked at once a second for /healthcheck when it is on loopback, such as
  /// "http://localhost:7990/healthcheck". Empty: the server is judged by the last real call.
  std::string health_url;
  /// What the explorer lists.
  std::vector<Operation> operations;
  /// How the app connects: another CA for a stand-in of a real server.
  CurlOptions curl;
  std::string version = kVersion;
  /// For one exchange with a server.
  std::chrono::milliseconds timeout = std::chrono::seconds{10};
};

/// The sample app: the guided tour and its endpoints, a user of the client library like any other.
///
/// start() and stop() are called by one thread, not by one of the loops. The loops, the log and the
/// clock must outlive it.
class App {
 public:
  /// Opens nothing.
  /// @param loops  the app's own, not those of the sandbox: neither may starve the other.
  App(AppOptions options, base::EventLoops& loops, base::Log& log, const base::Clock& clock);
  /// Stops without grace when stop() was not called.
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Listens and serves; returns once both loopback addresses accept connections.
  /// @throws base::StartError when the port is taken.
  void start();

  /// The port that start() took.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// "http://localhost:3000".
  [[nodiscard]] std::string origin() const;

  /// Stops listening, finishes what is in flight within the grace time. May be called twice.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{5});

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cli/child.hpp"
#include "http/raw_client.hpp"
#include "support/postgres_server.hpp"

namespace bbgrant::cli::testing {

using bbgrant::testing::PostgresServer;
using http::testing::RawAnswer;

/// A socket with a free port of 127.0.0.1, closed in programs that are started.
class PortHolder {
 public:
  PortHolder();
  ~PortHolder();
  PortHolder(const PortHolder&) = delete;
  PortHolder& operator=(const PortHolder&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Leaves the port to the program that is told of it, also when that one has to start again; no
  /// connection is given it meanwhile.
  void lend() const;
  /// Listens, and hands the socket on to what is started until it is kept again.
  /// @returns its number there.
  int hand_on() const;
  void keep() const;

 private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
};

/// What deploy/ sets up: two programs on one PostgreSQL database behind HAProxy with deploy/'s own
/// file, everything on ports that were free.
class Cluster {
 public:
  explicit Cluster(PostgresServer::Keeps keeps = PostgresServer::Keeps::kProcesses);

  /// Where clients reach it.
  [[nodiscard]] std::string host() const { return "localhost:" + std::to_string(front_.port()); }
  [[nodiscard]] std::uint16_t front() const noexcept { return front_.port(); }
  /// Where one of the two listens itself.
  [[nodiscard]] std::uint16_t port(std::size_t at) const { return ports_.at(at).port(); }

  void kill(std::size_t at) { programs_.at(at).reset(); }
  /// Starts it again where it was, and waits until it is ready.
  void start(std::size_t at);

  /// Sends one request on a connection of its own; as the command line's demo consumer if there is
  /// a form. @returns nothing where the connection ended without an answer.
  [[nodiscard]] std::optional<RawAnswer> send(std::uint16_t port, const std::string& line,
                                              const std::string& form = {}) const;
  [[nodiscard]] std::optional<RawAnswer> post(const std::string& path,
                                              const std::string& form) const {
    return send(front(), "POST " + path, form);
  }

  PostgresServer database;

 private:
  TemporaryFolder folder_;
  const std::string store_ = database.new_store_url();
  PortHolder front_;
  std::array<PortHolder, 2> ports_;
  std::array<std::unique_ptr<Child>, 2> programs_;
  std::unique_ptr<Child> proxy_;
};

}  // namespace bbgrant::cli::testing

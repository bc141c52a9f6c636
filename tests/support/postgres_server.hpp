// SPDX-License-Identifier: MIT
#pragma once

#include <csignal>
#include <filesystem>
#include <string>

#include <sys/types.h>

namespace bbgrant::testing {

/// A PostgreSQL server of our own: a new cluster in a temporary folder, reached by a socket in it
/// and by no port. Ends with this object or with this process. Root starts it as another user,
/// since PostgreSQL refuses root.
class PostgresServer {
 public:
  /// What its commits outlive.
  enum class Keeps {
    kProcesses,  ///< a crash of the server: what the tests make
    kPower,      ///< the machine's too, for measurements
  };
  /// @throws std::runtime_error with the server's own words when it does not start.
  explicit PostgresServer(Keeps keeps = Keeps::kProcesses);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// The one that all tests of this process share, started when it is first asked for.
  static PostgresServer& shared();

  /// postgresql://... of its one database, as the owner of everything.
  [[nodiscard]] std::string url() const;

  /// postgresql://... of a new and empty schema: a store of its own for who opens it.
  [[nodiscard]] std::string new_store_url();

  /// A path of that name beside the server's files, gone with it.
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

  /// Runs one statement as the owner of everything; `url` says in which schema.
  /// @returns the first value of the answer, empty when there is none.
  std::string execute(const std::string& url, const std::string& sql);

  /// Ends it: SIGINT asks it to, SIGQUIT is a crash. Waits for its end.
  void stop(int signal = SIGQUIT);
  /// Starts it again and waits until it answers.
  void start();

 private:
  const Keeps keeps_;
  std::filesystem::path folder_;
  ::pid_t process_ = -1;
  int schemas_ = 0;
};

/// The store of a test that runs on every kind: in memory, or with BBGRANT_TEST_STORE=postgres a
/// new one of the shared server.
[[nodiscard]] std::string url_of_test_store();

}  // namespace bbgrant::testing

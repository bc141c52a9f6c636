// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace bbgrant::cli::testing {

/// How a run of the program begins.
struct Start {
  /// Another program, looked for in PATH; empty: bbgrant.
  std::string program{};
  std::vector<std::string> arguments{};
  /// Nothing else of our own environment is handed on but PATH and the sanitizers' options.
  std::map<std::string, std::string> environment{};
  std::filesystem::path folder = "/";
  std::string input{};
  /// In place of the pipe that the test reads.
  std::string stdout_file{};
};

struct Ended {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// A run of the built program as a process of its own. Killed when it is still there at the end.
class Child {
 public:
  explicit Child(const Start& start);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// The next whole line of stdout; what came so far if it ends before.
  [[nodiscard]] std::string read_line();
  void signal(int number) const;
  /// Reads to the end and waits. A child that takes longer than a minute is killed.
  [[nodiscard]] Ended wait();

 private:
  bool read_some(std::chrono::steady_clock::time_point deadline);

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  Ended ended_;
};

/// Runs the program to its end.
[[nodiscard]] Ended run(const Start& start);

/// The program on a terminal of its own.
class TerminalChild {
 public:
  explicit TerminalChild(const Start& start);
  ~TerminalChild();
  TerminalChild(const TerminalChild&) = delete;
  TerminalChild& operator=(const TerminalChild&) = delete;

  /// Waits until the screen shows it. False when it did not come.
  [[nodiscard]] bool shows(std::string_view text);
  void type(std::string_view keys) const;
  [[nodiscard]] bool echoes() const;
  /// Exit code; also reads what is still on the screen.
  [[nodiscard]] int wait();
  [[nodiscard]] const std::string& screen() const noexcept { return screen_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  bool read_some(std::chrono::steady_clock::time_point deadline);

  pid_t pid_ = -1;
  int terminal_ = -1;
  // Keeps the terminal alive after the child, to look at its settings.
  int other_end_ = -1;
  std::string screen_;
};

/// A store of a test's own that nobody else knows: flags for `sandbox`, `user` and `consumer`. On
/// the server of tests/support/with_postgres.cpp where the test runs beside it, else `otherwise`.
[[nodiscard]] std::vector<std::string> store_flags(std::vector<std::string> otherwise);

/// A sandbox of its own, in memory or on PostgreSQL, whose output is looked at when it has ended.
class RunningSandbox {
 public:
  explicit RunningSandbox(const std::vector<std::string>& more = {});

  [[nodiscard]] const std::string& origin() const noexcept { return origin_; }
  [[nodiscard]] Ended stop();

 private:
  Child child_;
  std::string origin_;
};

/// A socket on 127.0.0.1 that listens and answers nothing.
class SilentListener {
 public:
  SilentListener();
  ~SilentListener();
  SilentListener(const SilentListener&) = delete;
  SilentListener& operator=(const SilentListener&) = delete;

  [[nodiscard]] int port() const noexcept { return port_; }
  /// Whether somebody connects within the time.
  [[nodiscard]] bool reached(std::chrono::milliseconds within) const;

 private:
  int socket_ = -1;
  int port_ = 0;
};

/// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  void write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace bbgrant::cli::testing

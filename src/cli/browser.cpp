// SPDX-License-Identifier: MIT
#include "cli/browser.hpp"

#include <string_view>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

namespace bbgrant::cli {
namespace {

std::string browser(const Environment& environment) {
  if (const auto own = environment("BROWSER")) return *own;
  const bool desktop = environment("DISPLAY") || environment("WAYLAND_DISPLAY");
  return desktop && !environment("SSH_CONNECTION") ? "xdg-open" : "";
}

// A browser needs none of our secrets.
std::vector<char*> without_own_variables() {
  std::vector<char*> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view{*variable}.starts_with("BBGRANT_")) kept.push_back(*variable);
  }
  kept.push_back(nullptr);
  return kept;
}

}  // namespace

void open_browser(const std::string& url, const Environment& environment) {
  std::string program = browser(environment);
  if (program.empty()) return;
  std::string address = url;
  std::vector<char*> arguments{program.data(), address.data(), nullptr};
  std::vector<char*> variables = without_own_variables();
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
  sigset_t usual{};
  ::sigemptyset(&usual);
  ::sigaddset(&usual, SIGPIPE);
  if (::posix_spawn_file_actions_init(&files) != 0) return;
  if (::posix_spawnattr_init(&attributes) == 0) {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      ::posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0);
    }
    ::posix_spawnattr_setsigdefault(&attributes, &usual);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t child = 0;
    ::posix_spawnp(&child, program.c_str(), &files, &attributes, arguments.data(),
                   variables.data());
    ::posix_spawnattr_destroy(&attributes);
  }
  ::posix_spawn_file_actions_destroy(&files);
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {
namespace {

constexpr std::size_t kLongestPassword = 1024;

class Descriptor {
 public:
  explicit Descriptor(int value) noexcept : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return value_; }

 private:
  int value_;
};

// Takes the echo off for as long as it lives.
class NoEcho {
 public:
  explicit NoEcho(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal_, &before_) != 0) throw UsageError{"the terminal does not answer"};
    hide();
  }
  ~NoEcho() { show(); }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

  void hide() const noexcept {
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_lflag |= static_cast<tcflag_t>(ICANON | ISIG);
    ::tcsetattr(terminal_, TCSAFLUSH, &silent);
  }
  void show() const noexcept { ::tcsetattr(terminal_, TCSAFLUSH, &before_); }

 private:
  int terminal_;
  termios before_{};
};

// The signals that a person at a terminal sends, read as data while it lives: nothing has to be
// done inside a signal handler.
class TerminalSignals {
 public:
  TerminalSignals() : descriptor_(hold_back(signals_, before_)) {}
  ~TerminalSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  TerminalSignals(const TerminalSignals&) = delete;
  TerminalSignals& operator=(const TerminalSignals&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }
  [[nodiscard]] int next() const noexcept {
    signalfd_siginfo info{};
    const ssize_t size = ::read(descriptor(), &info, sizeof info);
    return size == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
  }

 private:
  // Fills in both sets. @return what to read the signals from.
  static int hold_back(sigset_t& signals, sigset_t& before) noexcept {
    ::sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP}) {
      ::sigaddset(&signals, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &signals, &before);
    return ::signalfd(-1, &signals, SFD_CLOEXEC);
  }

  sigset_t signals_{};
  sigset_t before_{};
  Descriptor descriptor_;
};

// Reads what is there into the password. True when the line is complete.
bool read_line(int terminal, Secret& password) {
  std::array<char, 256> block{};
  const ssize_t size = ::read(terminal, block.data(), block.size());
  if (size < 0) {
    if (errno == EINTR || errno == EAGAIN) return false;
    throw Failure{ExitCode::kCancelled, "no password was given"};
  }
  std::string_view read{block.data(), static_cast<std::size_t>(size)};
  const bool line_ended = read.ends_with('\n');
  if (line_ended) read.remove_suffix(1);
  password.append(read);
  ::explicit_bzero(block.data(), block.size());
  if (password.size() > kLongestPassword) {
    throw UsageError{"the password is longer than 1,024 bytes"};
  }
  // Ctrl-D: ends the input, after some letters it ends the line.
  if (size == 0 && password.empty()) {
    throw Failure{ExitCode::kCancelled, "no password was given"};
  }
  return line_ended || size == 0;
}

}  // namespace

Secret ask_password(const std::string& prompt) {
  const Descriptor terminal{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
  if (terminal.get() < 0) {
    throw UsageError{
        "there is no terminal to ask for the password on: use --password-stdin or "
        "BBGRANT_PASSWORD"};
  }
  const TerminalSignals signals;
  Secret password;
  const auto write_prompt = [&](const std::string& text) {
    if (!write_all(terminal.get(), text))
      throw Failure{ExitCode::kCancelled, "the terminal is gone"};
  };
  {
    const NoEcho no_echo{terminal.get()};
    write_prompt(prompt);
    for (bool complete = false; !complete;) {
      std::array<pollfd, 2> wait{{{terminal.get(), POLLIN, 0}, {signals.descriptor(), POLLIN, 0}}};
      if (::poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR) {
        throw Failure{ExitCode::kCancelled, "the terminal is gone"};
      }
      if ((wait[1].revents & POLLIN) != 0) {
        const int signal = signals.next();
        if (signal == SIGTSTP) {
          no_echo.show();
          ::raise(SIGSTOP);
          // Continued: the line begins anew.
          password.clear();
          no_echo.hide();
          write_prompt("\n" + prompt);
          continue;
        }
        write_prompt("\n");
        throw Failure{ExitCode::kInterrupted, ""};
      }
      if (wait[0].revents != 0) complete = read_line(terminal.get(), password);
    }
  }
  write_prompt("\n");
  if (password.empty()) throw Failure{ExitCode::kCancelled, "no password was given"};
  return password;
}

TerminalLines::TerminalLines(bool wanted)
    : descriptor_(wanted ? ::open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1) {}

TerminalLines::~TerminalLines() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Secret TerminalLines::read() const {
  // As much as a terminal takes for one line.
  std::array<char, 4096> block{};
  const ssize_t size = ::read(descriptor_, block.data(), block.size());
  if (size <= 0) throw Failure{ExitCode::kCancelled, "nothing was pasted"};
  std::string_view line{block.data(), static_cast<std::size_t>(size)};
  constexpr std::string_view kBlanks = " \t\r\n";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
  Secret result{line};
  ::explicit_bzero(block.data(), block.size());
  return result;
}

Secret read_secret(int descriptor, const std::string& what, std::size_t longest) {
  Secret secret;
  std::array<char, 512> block{};
  for (;;) {
    const ssize_t size = ::read(descriptor, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw UsageError{"the " + what + " cannot be read from standard input"};
    if (size == 0) break;
    secret.append({block.data(), static_cast<std::size_t>(size)});
    // A line end of two bytes is not part of it.
    if (secret.size() > longest + 2) break;
  }
  ::explicit_bzero(block.data(), block.size());
  std::string_view bytes = secret.reveal();
  if (bytes.ends_with('\n')) {
    bytes.remove_suffix(1);
    if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  }
  if (bytes.empty()) throw UsageError{"standard input holds no " + what};
  if (bytes.size() > longest) {
    throw UsageError{"the " + what + " is longer than " + std::to_string(longest) + " bytes"};
  }
  return Secret{bytes};
}

Secret read_password(int descriptor) {
  return read_secret(descriptor, "password", kLongestPassword);
}

}  // namespace bbgrant::cli

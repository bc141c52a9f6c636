// SPDX-License-Identifier: MIT
#include "cli/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

namespace bbgrant::cli::testing {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{60};

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

std::vector<std::string> environment_of(const Start& start) {
  std::vector<std::string> lines;
  for (const char* name : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    const char* value = std::getenv(name);
    if (value != nullptr) lines.push_back(std::string{name} + "=" + value);
  }
  for (const auto& [name, value] : start.environment) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// What the new process needs, made before the fork.
struct Image {
  explicit Image(const Start& start) : folder(start.folder.string()) {
    arguments.push_back(start.program.empty() ? BBGRANT_PROGRAM : start.program);
    arguments.insert(arguments.end(), start.arguments.begin(), start.arguments.end());
    environment = environment_of(start);
    argument_pointers = pointers(arguments);
    environment_pointers = pointers(environment);
  }
  [[noreturn]] void execute() {
    // As on a machine where core files are on; without the right to raise it, it stays as it is.
    const rlimit any{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_CORE, &any);
    if (::chdir(folder.c_str()) == 0) {
      ::execvpe(argument_pointers.front(), argument_pointers.data(), environment_pointers.data());
    }
    ::_exit(127);
  }

  std::string folder;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::vector<char*> argument_pointers;
  std::vector<char*> environment_pointers;
};

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  }
  std::array<int, 2> ends{};
};

int remaining(steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

int exit_code_of(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail("waitpid");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Child::Child(const Start& start) {
  Image image{start};
  Pipe in;
  Pipe out;
  Pipe err;
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    int out_end = out.ends[1];
    if (!start.stdout_file.empty()) out_end = ::open(start.stdout_file.c_str(), O_WRONLY);
    ::dup2(in.ends[0], STDIN_FILENO);
    ::dup2(out_end, STDOUT_FILENO);
    ::dup2(err.ends[1], STDERR_FILENO);
    // No terminal to ask on, wherever the tests were started from.
    ::setsid();
    image.execute();
  }
  ::close(in.ends[0]);
  ::close(out.ends[1]);
  ::close(err.ends[1]);
  out_ = out.ends[0];
  err_ = err.ends[0];
  // Small enough for the pipe's buffer; a program that does not read it is no fault.
  if (!start.input.empty() && ::write(in.ends[1], start.input.data(), start.input.size()) < 0) {
    fail("write");
  }
  ::close(in.ends[1]);
}

Child::~Child() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

bool Child::read_some(steady_clock::time_point deadline) {
  std::array<pollfd, 2> wait{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  if (out_ < 0 && err_ < 0) return false;
  if (::poll(wait.data(), wait.size(), remaining(deadline)) <= 0) return false;
  const auto take = [](int& descriptor, short events, std::string& text) {
    if (events == 0) return;
    std::array<char, 4096> block{};
    const ssize_t size = ::read(descriptor, block.data(), block.size());
    if (size > 0) {
      text.append(block.data(), static_cast<std::size_t>(size));
    } else {
      ::close(descriptor);
      descriptor = -1;
    }
  };
  take(out_, wait[0].revents, ended_.out);
  take(err_, wait[1].revents, ended_.err);
  return true;
}

std::string Child::read_line() {
  const auto deadline = steady_clock::now() + kPatience;
  while (ended_.out.find('\n') == std::string::npos && out_ >= 0 && read_some(deadline)) {
  }
  return ended_.out.substr(0, ended_.out.find('\n'));
}

void Child::signal(int number) const { ::kill(pid_, number); }

Ended Child::wait() {
  const auto deadline = steady_clock::now() + kPatience;
  while (read_some(deadline)) {
  }
  if (steady_clock::now() >= deadline) ::kill(pid_, SIGKILL);
  ended_.exit_code = exit_code_of(pid_);
  pid_ = -1;
  return ended_;
}

Ended run(const Start& start) { return Child{start}.wait(); }

TerminalChild::TerminalChild(const Start& start) {
  Image image{start};
  if (::openpty(&terminal_, &other_end_, nullptr, nullptr, nullptr) != 0) fail("openpty");
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    ::close(terminal_);
    if (::login_tty(other_end_) != 0) ::_exit(127);
    image.execute();
  }
}

TerminalChild::~TerminalChild() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(terminal_);
  ::close(other_end_);
}

bool TerminalChild::read_some(steady_clock::time_point deadline) {
  pollfd wait{terminal_, POLLIN, 0};
  if (::poll(&wait, 1, remaining(deadline)) <= 0) return false;
  std::array<char, 4096> block{};
  const ssize_t size = ::read(terminal_, block.data(), block.size());
  if (size <= 0) return false;
  screen_.append(block.data(), static_cast<std::size_t>(size));
  return true;
}

bool TerminalChild::shows(std::string_view text) {
  const auto deadline = steady_clock::now() + kPatience;
  while (screen_.find(text) == std::string::npos) {
    if (!read_some(std::min(deadline, steady_clock::now() + std::chrono::milliseconds{200}))) {
      // Our own end keeps the terminal open, so the child's end is asked for.
      siginfo_t info{};
      const bool ended =
          ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
          info.si_pid == pid_;
      if (ended || steady_clock::now() >= deadline) return false;
    }
  }
  return true;
}

void TerminalChild::type(std::string_view keys) const {
  if (::write(terminal_, keys.data(), keys.size()) < 0) fail("write");
}

bool TerminalChild::echoes() const {
  termios settings{};
  if (::tcgetattr(terminal_, &settings) != 0) fail("tcgetattr");
  return (settings.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
}

int TerminalChild::wait() {
  const int code = exit_code_of(pid_);
  pid_ = -1;
  while (read_some(steady_clock::now())) {
  }
  return code;
}

std::vector<std::string> store_flags(std::vector<std::string> otherwise) {
  const char* server = std::getenv("BBGRANT_TEST_POSTGRES");
  if (server == nullptr) return otherwise;
  static int made = 0;
  const std::string schema = "cli_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
  const Ended ended =
      run({.program = "/usr/lib/postgresql/15/bin/psql",
           .arguments = {"--quiet", "--command", "CREATE SCHEMA " + schema, server}});
  if (ended.exit_code != 0) throw std::runtime_error{ended.err};
  static const TemporaryFolder keys;
  return {"--store", std::string{server} + "&options=-csearch_path%3D" + schema, "--key-file",
          (keys.path() / schema).string()};
}

namespace {

Start sandbox_start(const std::vector<std::string>& more) {
  Start start{.arguments = {"sandbox", "--password-cost", "minimal", "--listen", "localhost:0",
                            "--ready-json"}};
  const auto store = store_flags({"--store", "memory"});
  start.arguments.insert(start.arguments.end(), store.begin(), store.end());
  start.arguments.insert(start.arguments.end(), more.begin(), more.end());
  return start;
}

}  // namespace

RunningSandbox::RunningSandbox(const std::vector<std::string>& more) : child_(sandbox_start(more)) {
  const std::string line = child_.read_line();
  const auto ready = nlohmann::json::parse(line, nullptr, false);
  if (!ready.is_object()) throw std::runtime_error{"no sandbox: " + line + child_.wait().err};
  origin_ = ready.at("sandbox").get<std::string>();
}

Ended RunningSandbox::stop() {
  child_.signal(SIGTERM);
  return child_.wait();
}

SilentListener::SilentListener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (socket_ < 0 || ::bind(socket_, generic, size) != 0 || ::listen(socket_, 8) != 0 ||
      ::getsockname(socket_, generic, &size) != 0) {
    fail("listen");
  }
  port_ = ntohs(address.sin_port);
}

SilentListener::~SilentListener() { ::close(socket_); }

bool SilentListener::reached(std::chrono::milliseconds within) const {
  pollfd wait{socket_, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(within.count())) > 0;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "bbgrant-cli-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) fail("mkdtemp");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TemporaryFolder::write(const std::string& name, std::string_view text) const {
  std::filesystem::create_directories((path_ / name).parent_path());
  std::ofstream{path_ / name, std::ios::binary} << text;
}

}  // namespace bbgrant::cli::testing

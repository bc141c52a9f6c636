// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bbgrant::cli::testing {
namespace {

namespace fs = std::filesystem;

/// The port that a process listens on; with --base-url its ready line does not tell.
std::uint16_t port_of(::pid_t process) {
  const auto folder = fs::path{"/proc"} / std::to_string(process);
  std::set<std::string> sockets;
  for (const auto& entry : fs::directory_iterator{folder / "fd"}) {
    std::error_code gone;
    sockets.insert(fs::read_symlink(entry.path(), gone).string());
  }
  std::ifstream table{folder / "net/tcp"};
  std::string line;
  while (std::getline(table, line)) {
    std::istringstream words{line};
    std::string number, local, remote, state, skipped, inode;
    words >> number >> local >> remote >> state;
    for (int i = 0; i < 5; ++i) words >> skipped;
    words >> inode;
    if (state == "0A" && sockets.contains("socket:[" + inode + "]")) {
      return static_cast<std::uint16_t>(std::stoi(local.substr(local.find(':') + 1), nullptr, 16));
    }
  }
  throw std::runtime_error{"the program does not listen"};
}

}  // namespace

Listener::Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<::sockaddr*>(&address);
  if (::bind(socket_, generic, size) != 0 || ::listen(socket_, 128) != 0 ||
      ::getsockname(socket_, generic, &size) != 0) {
    throw std::runtime_error{"no free port"};
  }
  port_ = ntohs(address.sin_port);
}

Listener::~Listener() { ::close(socket_); }

void Listener::hand_on(bool yes) const { ::fcntl(socket_, F_SETFD, yes ? 0 : FD_CLOEXEC); }

Cluster::Cluster(PostgresServer::Keeps keeps) : database(keeps), programs_(2), ports_(2) {
  const auto address = [this](std::size_t at) { return "127.0.0.1:" + std::to_string(ports_[at]); };
  for (const std::size_t at : {0U, 1U}) {
    start(at);
    ports_[at] = port_of(programs_[at]->pid());
  }
  front_.hand_on(true);
  proxy_ = std::make_unique<Child>(
      Start{.program = "/usr/sbin/haproxy",
            .arguments = {"-db", "-f", BBGRANT_SOURCE_DIR "/deploy/haproxy.cfg"},
            .environment = {{"BBGRANT_BIND", "fd@" + std::to_string(front_.socket())},
                            {"BBGRANT_HOST", host()},
                            {"BBGRANT_ONE", address(0)},
                            {"BBGRANT_TWO", address(1)}}});
  front_.hand_on(false);
}

void Cluster::start(std::size_t at) {
  auto& program = programs_.at(at);
  program = std::make_unique<Child>(
      Start{.arguments = {"sandbox", "--listen", "127.0.0.1:" + std::to_string(ports_[at]),
                          "--base-url", "http://" + host(), "--store", store_, "--key-file",
                          (folder_.path() / "secret.key").string(), "--data-dir",
                          (folder_.path() / "data").string(), "--password-cost", "minimal",
                          "--trusted-proxy", "127.0.0.1/32", "--log-level", "off", "--ready-json"},
            .folder = folder_.path()});
  if (program->read_line().find(host()) == std::string::npos) {
    throw std::runtime_error{program->wait().err};
  }
}

std::optional<RawAnswer> Cluster::send(std::uint16_t port, const std::string& line,
                                       const std::string& form) const {
  std::string request = line + " HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n";
  std::string body;
  if (!form.empty()) {
    body = form +
           "&client_id=bbgrantDemoCliKey&client_secret=bbgrant-demo-cli-secret-not-for-production";
    request += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n";
  }
  return http::testing::send_once(port, request + "\r\n" + body);
}

}  // namespace bbgrant::cli::testing

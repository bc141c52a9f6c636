// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"

#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bbgrant::cli::testing {
PortHolder::PortHolder() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<::sockaddr*>(&address);
  if (::bind(socket_, generic, size) != 0 || ::getsockname(socket_, generic, &size) != 0) {
    throw std::runtime_error{"no free port"};
  }
  port_ = ntohs(address.sin_port);
}

PortHolder::~PortHolder() { ::close(socket_); }

void PortHolder::lend() const {
  const int yes = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

int PortHolder::hand_on() const {
  if (::listen(socket_, 128) != 0) throw std::runtime_error{"cannot listen"};
  ::fcntl(socket_, F_SETFD, 0);
  return socket_;
}

void PortHolder::keep() const { ::fcntl(socket_, F_SETFD, FD_CLOEXEC); }

Cluster::Cluster(PostgresServer::Keeps keeps) : database(keeps) {
  const auto address = [this](std::size_t at) { return "127.0.0.1:" + std::to_string(port(at)); };
  for (const std::size_t at : {0U, 1U}) {
    ports_.at(at).lend();
    start(at);
  }
  proxy_ = std::make_unique<Child>(
      Start{.program = "/usr/sbin/haproxy",
            .arguments = {"-db", "-f", BBGRANT_SOURCE_DIR "/deploy/haproxy.cfg"},
            .environment = {{"BBGRANT_BIND", "fd@" + std::to_string(front_.hand_on())},
                            {"BBGRANT_HOST", host()},
                            {"BBGRANT_ONE", address(0)},
                            {"BBGRANT_TWO", address(1)}}});
  front_.keep();
}

void Cluster::start(std::size_t at) {
  auto& program = programs_.at(at);
  program = std::make_unique<Child>(
      Start{.arguments = {"sandbox", "--listen", "127.0.0.1:" + std::to_string(port(at)),
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

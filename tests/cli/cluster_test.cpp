// SPDX-License-Identifier: MIT
// Two programs on one PostgreSQL database behind HAProxy, as deploy/ sets them up.
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/child.hpp"
#include "http/raw_client.hpp"
#include "support/postgres_server.hpp"

namespace bbgrant::cli {
namespace {

namespace fs = std::filesystem;
using bbgrant::testing::PostgresServer;
using http::testing::RawAnswer;
using testing::Child;

/// A socket that listens on a free port and is handed on to HAProxy.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<::sockaddr*>(&address), size) != 0 ||
        ::listen(socket_, 128) != 0 ||
        ::getsockname(socket_, reinterpret_cast<::sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error{"no free port"};
    }
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

/// The port that a process listens on; with --base-url its ready line does not tell.
/// @param inherited  the port of a listener that it got from us and does not use.
std::uint16_t port_of(::pid_t process, std::uint16_t inherited) {
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
      const int port = std::stoi(local.substr(local.find(':') + 1), nullptr, 16);
      if (port != inherited) return static_cast<std::uint16_t>(port);
    }
  }
  throw std::runtime_error{"the program does not listen"};
}

class PostgresCluster : public ::testing::Test {
 protected:
  PostgresCluster() {
    std::string pattern = (fs::temp_directory_path() / "bbgrant-cluster-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    for (const auto* at : {"0", "0"}) {
      start_program(at);
      ports.push_back(port_of(programs.back()->pid(), front.port()));
    }
    const auto address = [this](std::size_t at) {
      return "127.0.0.1:" + std::to_string(ports[at]);
    };
    proxy = std::make_unique<Child>(
        testing::Start{.program = "/usr/sbin/haproxy",
                       .arguments = {"-db", "-f", BBGRANT_SOURCE_DIR "/deploy/haproxy.cfg"},
                       .environment = {{"BBGRANT_BIND", "fd@" + std::to_string(front.socket())},
                                       {"BBGRANT_HOST", host()},
                                       {"BBGRANT_ONE", address(0)},
                                       {"BBGRANT_TWO", address(1)}}});
  }
  ~PostgresCluster() override { fs::remove_all(folder); }

  [[nodiscard]] std::string host() const { return "localhost:" + std::to_string(front.port()); }

  void start_program(const std::string& port) {
    programs.push_back(std::make_unique<Child>(testing::Start{
        .arguments = {"sandbox", "--listen", "127.0.0.1:" + port, "--base-url", "http://" + host(),
                      "--store", url, "--key-file", (folder / "secret.key").string(), "--data-dir",
                      (folder / "data").string(), "--password-cost", "minimal", "--trusted-proxy",
                      "127.0.0.1/32", "--log-level", "off", "--ready-json"},
        .folder = folder}));
    if (programs.back()->read_line().find(host()) == std::string::npos) {
      ADD_FAILURE() << programs.back()->wait().err;
    }
  }

  /// @returns nothing where the connection ended without an answer.
  std::optional<RawAnswer> send(std::uint16_t port, std::string request, const std::string& form) {
    request.append(" HTTP/1.1\r\nHost: ").append(host()).append("\r\nConnection: close\r\n");
    if (!form.empty()) {
      request.append("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
      request.append(std::to_string(form.size())).append("\r\n");
    }
    return http::testing::send_once(port, request.append("\r\n").append(form));
  }
  std::optional<RawAnswer> post(const std::string& path, const std::string& form) {
    return send(front.port(), "POST " + path,
                form +
                    "&client_id=bbgrantDemoCliKey"
                    "&client_secret=bbgrant-demo-cli-secret-not-for-production");
  }
  int status_of_user(std::uint16_t port, const std::string& token) {
    const auto answer = send(port, "GET /2.0/user?access_token=" + token, "");
    return answer ? answer->status : 0;
  }

  PostgresServer server;
  const std::string url = server.new_store_url();
  Listener front;
  fs::path folder;
  std::vector<std::unique_ptr<Child>> programs;
  std::vector<std::uint16_t> ports;
  std::unique_ptr<Child> proxy;
};

TEST_F(PostgresCluster, OneOriginServesBothAndLinksStayOnIt) {
  const auto answer = post("/site/oauth2/access_token",
                           "grant_type=password&username=alice&password=alice-password");
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->status, 200) << answer->head << answer->body;
  const std::string token = nlohmann::json::parse(answer->body).at("access_token");
  for (int i = 0; i < 8; ++i) {
    const auto user = send(front.port(), "GET /2.0/user?access_token=" + token, "");
    ASSERT_TRUE(user);
    ASSERT_EQ(user->status, 200);
    EXPECT_THAT(user->body, ::testing::HasSubstr("http://" + host() + "/"));
  }
}

}  // namespace
}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
// How long a test suite waits for tokens: whole HTTP requests to a sandbox as suites start it
// (--store memory --password-cost minimal), clients and server on one machine.
//   token_bench [requests of each grant, 100000] [connections, 8]
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "http/raw_client.hpp"
#include "sandbox/sandbox.hpp"

namespace bbgrant::sandbox {
namespace {

using http::testing::RawAnswer;
using http::testing::RawClient;
using Seconds = std::chrono::duration<double>;

constexpr std::string_view kToken = "POST /site/oauth2/access_token";

/// One client: a connection that is kept, and a request at a time.
class Client {
 public:
  explicit Client(std::uint16_t port) : port_(port), connection_(port) {}

  /// The answer's body. Ends the program at any status but these.
  RawAnswer send(std::string_view line, std::string_view body, int expected) {
    std::string request{line};
    request.append(" HTTP/1.1\r\nHost: localhost:").append(std::to_string(port_));
    if (!body.empty()) {
      request.append("\r\nAuthorization: Basic YXBwOnNlY3JldA==")
          .append("\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ")
          .append(std::to_string(body.size()));
    }
    request.append("\r\n\r\n").append(body);
    connection_.send(request);
    auto answer = connection_.read_answer();
    if (!answer || answer->status != expected) {
      std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(line.size()), line.data(),
                   answer ? (answer->head + answer->body).c_str() : "no answer");
      std::exit(1);
    }
    return std::move(*answer);
  }
  std::string refresh_token(std::string_view form) {
    return nlohmann::json::parse(send(kToken, form, 200).body).at("refresh_token");
  }

 private:
  std::uint16_t port_;
  RawClient connection_;
};

/// Prints how long `count` calls took, by so many clients at once.
void measure(const char* name, std::uint16_t port, int count, int clients,
             const std::function<std::function<void()>(Client&)>& prepare) {
  std::atomic<int> left{count};
  std::vector<std::thread> threads;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      Client client{port};
      const auto call = prepare(client);
      while (left.fetch_sub(1) > 0) call();
    });
  }
  for (auto& thread : threads) thread.join();
  const Seconds took = std::chrono::steady_clock::now() - start;
  std::printf("%-22s %8d requests %8.2f s %8.0f a second\n", name, count, took.count(),
              count / took.count());
}

int run(int count, int clients) {
  Options options;
  options.port = 0;
  options.store = "memory";
  options.password_cost = PasswordCost::kMinimal;
  options.control = true;
  options.demo_consumer = DemoConsumer{"app", Secret{std::string_view{"secret"}}};
  base::Log log{[](std::string_view) {}};
  const auto start = std::chrono::steady_clock::now();
  Sandbox sandbox{std::move(options), log};
  sandbox.start();
  const auto port = sandbox.port();
  std::printf(
      "ready in %.0f ms\n",
      std::chrono::duration<double, std::milli>{std::chrono::steady_clock::now() - start}.count());

  const std::string password = "grant_type=password&username=alice&password=alice-password";
  measure("password", port, count, clients,
          [&](Client& client) { return [&] { client.send(kToken, password, 200); }; });
  measure("client credentials", port, count, clients, [&](Client& client) {
    return [&] { client.send(kToken, "grant_type=client_credentials", 200); };
  });
  measure("refresh", port, count, clients, [&](Client& client) {
    return [&client, form = "grant_type=refresh_token&refresh_token=" +
                            client.refresh_token(password)] { client.send(kToken, form, 200); };
  });
  Client{port}.send("POST /_sandbox/approvals", R"({"user":"alice","times":1000000})", 201);
  measure("code, two requests", port, count, clients, [&](Client& client) {
    return [&] {
      const auto at =
          client.send("GET /site/oauth2/authorize?response_type=code&client_id=app", {}, 303)
              .header("Location")
              .value();
      const auto code = at.substr(at.find("code=") + 5);
      client.send(kToken, "grant_type=authorization_code&code=" + code.substr(0, code.find('&')),
                  200);
    };
  });
  return 0;
}

}  // namespace
}  // namespace bbgrant::sandbox

int main(int count, char** arguments) {
  const auto number = [&](int at, int otherwise) {
    return count > at ? std::atoi(arguments[at]) : otherwise;
  };
  return bbgrant::sandbox::run(number(1, 100'000), number(2, 8));
}

// SPDX-License-Identifier: MIT
#include "sandbox/running_sandbox.hpp"

#include <stdexcept>
#include <utility>

#include "support/postgres_server.hpp"

namespace bbgrant::sandbox::testing {

Options test_options() {
  Options options;
  options.port = 0;
  options.store = bbgrant::testing::url_of_test_store();
  if (options.store != "memory") {
    options.key_file = bbgrant::testing::PostgresServer::shared().file("secret.key");
  }
  options.password_cost = PasswordCost::kMinimal;
  options.demo_consumer = DemoConsumer{"app", Secret{std::string_view{"secret"}}};
  options.demo_consumer_2026 = DemoConsumer{"app-today", Secret{std::string_view{"secret"}}};
  return options;
}

RunningSandbox::RunningSandbox(Options options) : sandbox(std::move(options), log) {
  sandbox.start();
}

RawAnswer RunningSandbox::send(std::string_view line, std::string_view headers,
                               std::string_view body) {
  std::string request{line};
  request.append(" HTTP/1.1\r\nHost: localhost:").append(std::to_string(sandbox.port()));
  request.append("\r\nConnection: close\r\n").append(headers);
  if (!body.empty())
    request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  request.append("\r\n").append(body);
  auto answer = http::testing::send_once(sandbox.port(), request);
  if (!answer) throw std::runtime_error("no answer");
  return std::move(*answer);
}

RawAnswer RunningSandbox::get(std::string_view path, std::string_view token) {
  std::string headers;
  if (!token.empty()) headers.append("Authorization: Bearer ").append(token).append("\r\n");
  return send("GET " + std::string{path}, headers);
}

RawAnswer RunningSandbox::post(std::string_view path, std::string_view form) {
  return send(
      "POST " + std::string{path},
      std::string{kAppAuthorization} + "Content-Type: application/x-www-form-urlencoded\r\n", form);
}

std::string RunningSandbox::token(std::string_view name, std::string_view scope) {
  std::string form = "grant_type=password&username=" + std::string{name};
  form.append("&password=").append(name).append("-password");
  if (!scope.empty()) form.append("&scope=").append(scope);
  const auto answer = post("/site/oauth2/access_token", form);
  return nlohmann::json::parse(answer.body).at("access_token").get<std::string>();
}

}  // namespace bbgrant::sandbox::testing

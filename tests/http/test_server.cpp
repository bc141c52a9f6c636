// SPDX-License-Identifier: MIT
#include "http/test_server.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace bbgrant::http::testing {
namespace {

using boost::asio::awaitable;

awaitable<Response> hello(Request&) { co_return Response::text(200, "hello"); }

awaitable<Response> echo(Request& request) { co_return Response::text(200, request.body); }

awaitable<Response> path(Request& request) {
  co_return Response::text(200, std::string{request.parameter("one")});
}

awaitable<Response> rest(Request& request) {
  co_return Response::text(200, std::string{request.parameter("all")});
}

awaitable<Response> address(Request& request) {
  co_return Response::text(
      200, request.remote_address + " " + request.address_key + " " + request.origin());
}

awaitable<Response> fail(Request&) {
  throw std::runtime_error{"SELECT secret FROM table"};
  co_return Response{};
}

std::pair<ServerOptions, Router> prepared(
    const std::function<void(ServerOptions&, Router&)>& prepare) {
  ServerOptions options;
  options.name = "test";
  Router router;
  router.add(Method::kGet, "/hello", hello);
  router.add(Method::kPost, "/echo", echo, {.max_body = 1000});
  router.add(Method::kGet, "/path/{one}", path);
  router.add(Method::kGet, "/rest/{all...}", rest);
  router.add(Method::kGet, "/throw", fail);
  router.add(Method::kGet, "/address", address);
  prepare(options, router);
  return {std::move(options), std::move(router)};
}

Server make_server(std::pair<ServerOptions, Router> parts, base::EventLoops& loops, base::Log& log,
                   const base::Clock& clock) {
  return Server{std::move(parts.first), std::move(parts.second), loops, log, clock};
}

}  // namespace

std::size_t LogLines::count(const std::vector<std::string_view>& texts) const {
  const std::lock_guard lock{mutex_};
  return static_cast<std::size_t>(
      std::count_if(lines_.begin(), lines_.end(), [&texts](const std::string& line) {
        return std::all_of(texts.begin(), texts.end(), [&line](std::string_view text) {
          return line.find(text) != std::string::npos;
        });
      }));
}

std::string LogLines::all() const {
  const std::lock_guard lock{mutex_};
  std::string text;
  for (const std::string& line : lines_) text += line + "\n";
  return text;
}

TestServer::TestServer(const std::function<void(ServerOptions&, Router&)>& prepare)
    : server(make_server(prepared(prepare), loops, log, clock)) {
  server.start();
}

TestServer::~TestServer() { server.stop(std::chrono::milliseconds{0}); }

std::string TestServer::request(std::string_view line, std::string_view headers,
                                std::string_view body) const {
  std::string text{line};
  text += " HTTP/1.1\r\nHost: localhost:" + std::to_string(port()) + "\r\n";
  text += headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n";
  text += body;
  return text;
}

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace bbgrant::http::testing

// SPDX-License-Identifier: MIT
#include "sandbox/control/calls.hpp"

#include <boost/asio/use_awaitable.hpp>

#include "base/document.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t kLargestBody = std::size_t{4} * 1024 * 1024;

json parse_body(const http::Request& request) {
  if (request.body.empty()) return json::object();
  return base::parse_document(request.body);
}

bool is_bearer(const http::Request& request, const authorization::Hash& wanted) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto fields = request.headers.all("Authorization");
  return fields.size() == 1 && fields.front().starts_with(kScheme) &&
         authorization::same_hash(authorization::hash_of(fields.front().substr(kScheme.size())),
                                  wanted);
}

}  // namespace

http::Response answer(int status, const nlohmann::ordered_json& body) {
  return http::Response::json(status, body.dump(2) + "\n").with("Cache-Control", "no-store");
}

http::Response problem(int status, const std::string& message, const std::string& field) {
  nlohmann::ordered_json error{{"message", message}};
  if (!field.empty()) error["field"] = field;
  return answer(status, {{"error", std::move(error)}});
}

void Calls::add(http::Method method, const std::string& path, const std::string& fields,
                Call call) {
  list_.push_back({{"call", std::string{http::name_of(method)} + " " + path}, {"takes", fields}});
  router_.add(method, path,
              [this, call = std::move(call)](
                  http::Request& request) -> boost::asio::awaitable<http::Response> {
                if (auto refused = co_await refuse(request)) co_return std::move(*refused);
                try {
                  auto body = parse_body(request);
                  request.wipe_body();  // S14
                  co_return co_await call(request, std::move(body));
                } catch (const base::DocumentError& error) {
                  co_return problem(400, error.what(), error.path());
                }
              },
              {.max_body = kLargestBody, .quiet = true});
}

boost::asio::awaitable<std::optional<http::Response>> Calls::refuse(
    const http::Request& request) const {
  if (request.headers.has("Origin")) {
    co_return problem(403, "the control interface is not for browsers: send no Origin");
  }
  if (door_.bearer && !is_bearer(request, *door_.bearer)) {
    co_return problem(401, "send the content of --control-token-file as a bearer")
        .with("WWW-Authenticate", "Bearer");
  }
  const bool changes =
      request.method != http::Method::kGet && request.method != http::Method::kHead;
  if (!changes || door_.demo_alone == nullptr) co_return std::nullopt;
  const bool is_demo = co_await door_.demo_alone->is_demo();
  if (!is_demo) {
    co_return problem(409,
                      "this store holds accounts or consumers that came from no seed; "
                      "--control-any-store lets the control interface at it");
  }
  co_return std::nullopt;
}

}  // namespace bbgrant::sandbox

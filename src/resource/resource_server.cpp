// SPDX-License-Identifier: MIT
#include "resource/resource_server.hpp"

#include <string>
#include <utility>
#include <variant>

#include "resource/api_error.hpp"
#include "resource/bearer.hpp"

namespace bbgrant::resource {
namespace {

std::string comma_separated(const Scopes& scopes) {
  std::string text;
  for (const auto& scope : scopes) {
    if (!text.empty()) text += ", ";
    text += scope;
  }
  return text;
}

}  // namespace

ResourceServer::ResourceServer(store::Store& store, TokenVerifier& verifier)
    : store_(store), verifier_(verifier) {}

void ResourceServer::add_routes(http::Router& router) {
  for (const auto& operation : operations()) {
    router.add(operation.method, operation.path,
               [this, &operation](http::Request& request) { return serve(operation, request); },
               {.cross_origin = true});
  }
}

boost::asio::awaitable<http::Response> ResourceServer::serve(const Operation& operation,
                                                             http::Request& request) {
  const Bearer bearer = co_await judge_bearer(verifier_, request);
  const auto* caller = std::get_if<Caller>(&bearer);
  http::Response response;
  if (const auto* refused = std::get_if<BearerRefusal>(&bearer)) {
    response = bearer_error(*refused);
  } else if (caller == nullptr && operation.access == Access::kToken) {
    response = token_needed();
  } else if (caller != nullptr && !operation.scope.empty() &&
             !caller->held.contains(operation.scope)) {
    response = scope_missing(operation.scope, caller->granted);
  } else {
    response = co_await operation.handler({request, store_, caller});
  }
  // S36: what a token opened belongs to its holder alone.
  if (!response.headers.has("Cache-Control")) response.headers.set("Cache-Control", "private");
  response.headers.set("X-Accepted-OAuth-Scopes", operation.scope);
  if (caller != nullptr) {
    response.headers.set("X-OAuth-Scopes", comma_separated(caller->granted));
  }
  co_return response;
}

}  // namespace bbgrant::resource

// SPDX-License-Identifier: MIT
#include "http/cross_origin.hpp"

#include <algorithm>
#include <variant>

namespace bbgrant::http {

void CrossOrigin::complete(const Request& request, const Router::Route* route,
                           Response& response) const {
  if (origins_.empty() || route == nullptr || !route->options.cross_origin) return;
  response.headers.add("Vary", "Origin");
  if (const auto origin = admitted(request)) {
    response.headers.set("Access-Control-Allow-Origin", *origin);
    response.headers.set("Access-Control-Expose-Headers", "*");
  }
}

std::optional<Response> CrossOrigin::preflight(const Request& request, const Router& router) const {
  const auto asked = request.headers.find("Access-Control-Request-Method");
  if (request.method != Method::kOptions || !asked) return std::nullopt;
  const auto origin = admitted(request);
  const auto found = router.find(parse_method(*asked), request.segments);
  const auto* match = std::get_if<Router::Found>(&found);
  if (!origin || match == nullptr || !match->route->options.cross_origin) return std::nullopt;
  Response response;
  response.status = 204;
  response.headers.set("Vary", "Origin");
  response.headers.set("Access-Control-Allow-Origin", *origin);
  response.headers.set("Access-Control-Allow-Methods", *asked);
  response.headers.set("Access-Control-Allow-Headers",
                       "Authorization, Content-Type, Accept, If-Match, If-None-Match");
  response.headers.set("Access-Control-Max-Age", "600");
  return response;
}

std::optional<std::string_view> CrossOrigin::admitted(const Request& request) const {
  const auto sent = request.headers.all("Origin");
  if (sent.size() != 1 || sent.front() == "null") return std::nullopt;
  if (std::ranges::find(origins_, sent.front()) == origins_.end()) return std::nullopt;
  return sent.front();
}

}  // namespace bbgrant::http

// SPDX-License-Identifier: MIT
#include "authorization/answers.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace bbgrant::authorization {
namespace {

using Json = nlohmann::ordered_json;

http::Response json(int status, const Json& body) {
  auto response =
      http::Response::json(status, body.dump(-1, ' ', false, Json::error_handler_t::replace));
  forbid_caching(response);
  return response;
}

}  // namespace

void forbid_caching(http::Response& response) {
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Pragma", "no-cache");
}

http::Response token_response(const Issued& issued, const Profile& profile,
                              std::string_view grant_type) {
  Json body = Json::object();
  body["access_token"] = issued.access_token.reveal();
  for (const auto member : profile.scope_members) {
    body[std::string{member}] = to_string(issued.scopes);
  }
  body["token_type"] = "bearer";
  body["expires_in"] = issued.expires_in.count();
  if (issued.refresh_token) body["refresh_token"] = issued.refresh_token->reveal();
  if (profile.sends_state) body["state"] = grant_type;
  return json(200, body);
}

http::Response error_response(const Refused& refused, ErrorStyle style) {
  const ErrorRow& row = error_row(refused.refusal, style);
  auto response =
      json(static_cast<int>(row.status),
           Json{{"error_description", description_of(refused, style)}, {"error", row.error}});
  if (row.status == 401) response.headers.set("WWW-Authenticate", "Basic realm=\"bbgrant\"");
  if (refused.retry_after) {
    response.headers.set("Retry-After", std::to_string(*refused.retry_after));
  }
  return response;
}

}  // namespace bbgrant::authorization

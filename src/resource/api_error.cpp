// SPDX-License-Identifier: MIT
#include "resource/api_error.hpp"

#include <nlohmann/json.hpp>

namespace bbgrant::resource {
namespace {

using Json = nlohmann::ordered_json;

// The realm that Bitbucket Cloud names in its challenges.
constexpr std::string_view kRealm = "Bearer realm=\"Bitbucket.org HTTP\"";

http::Response error(int status, Json body) {
  Json whole{{"type", "error"}, {"error", std::move(body)}};
  auto response =
      http::Response::json(status, whole.dump(-1, ' ', false, Json::error_handler_t::replace));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

http::Response challenge(int status, std::string_view message, std::string_view code,
                         std::string_view more = {}) {
  auto response = api_error(status, message);
  std::string value{kRealm};
  if (!code.empty()) value.append(", error=\"").append(code).append("\"");
  response.headers.set("WWW-Authenticate", value.append(more));
  return response;
}

}  // namespace

http::Response api_error(int status, std::string_view message, std::string_view detail) {
  Json body{{"message", message}};
  if (!detail.empty()) body["detail"] = detail;
  return error(status, std::move(body));
}

http::Response bearer_error(BearerRefusal refusal) {
  switch (refusal) {
    case BearerRefusal::kTwoTokens:
      return challenge(400, "Send the access token once and in one place.", "invalid_request");
    case BearerRefusal::kExpired:
      return challenge(401,
                       "Access token expired. Use your refresh token to obtain a new access token.",
                       "invalid_token");
    case BearerRefusal::kInvalid:
      break;
  }
  return challenge(401, "Token is invalid, expired, or not supported for this endpoint.",
                   "invalid_token");
}

http::Response token_needed() { return challenge(401, "This endpoint needs an access token.", {}); }

http::Response scope_missing(std::string_view required, const Scopes& granted) {
  auto response =
      error(403, {{"message", "Your credentials lack one or more required privilege scopes."},
                  {"detail", {{"required", Json::array({required})}, {"granted", granted}}}});
  std::string value{kRealm};
  value.append(", error=\"insufficient_scope\", scope=\"").append(required).append("\"");
  response.headers.set("WWW-Authenticate", value);
  return response;
}

http::Response no_such_api() {
  return api_error(404, "Resource not found",
                   "There is no API hosted at this URL.\n\nFor information about our API's, please "
                   "refer to the documentation at: "
                   "https://developer.atlassian.com/bitbucket/api/2/reference/");
}

http::Response no_such_workspace(std::string_view identifier) {
  return api_error(404, "No workspace with identifier '" + std::string{identifier} + "'.");
}

}  // namespace bbgrant::resource

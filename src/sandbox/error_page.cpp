// SPDX-License-Identifier: MIT
#include "sandbox/error_page.hpp"

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "authorization/account_views.hpp"
#include "authorization/answers.hpp"
#include "resource/api_error.hpp"

namespace bbgrant::sandbox {
namespace {

using http::ErrorReason;

std::string_view say(ErrorReason reason) {
  switch (reason) {
    case ErrorReason::kBadRequest:
      return "The request is malformed";
    case ErrorReason::kBadTarget:
      return "The path is malformed";
    case ErrorReason::kNotFound:
      return "Nothing is served at this path";
    case ErrorReason::kMethodNotAllowed:
      return "The method is not allowed here";
    case ErrorReason::kTimeout:
      return "The request took too long to arrive";
    case ErrorReason::kBodyTooLarge:
      return "The body is too large";
    case ErrorReason::kTargetTooLong:
      return "The path is too long";
    case ErrorReason::kUnsupportedEncoding:
      return "A Content-Encoding is not supported";
    case ErrorReason::kWrongHost:
      return "This server does not answer for that Host; start it with --base-url to add a name";
    case ErrorReason::kHeadersTooLarge:
      return "The headers are too large";
    case ErrorReason::kFault:
      return "Something went wrong on the server";
    case ErrorReason::kUnknownMethod:
      return "The method is unknown";
    case ErrorReason::kUnavailable:
      return "The server is busy or cannot reach its store, try again later";
  }
  return "Something went wrong";
}

// RFC 6749 fixes no code for a server's own fault here; these two are its section 4.1.2.1's.
std::string_view code_of(int status) {
  if (status == 503) return "temporarily_unavailable";
  return status >= 500 ? "server_error" : "invalid_request";
}

bool is_for_people(std::string_view path) {
  return path.starts_with("/site/oauth2/authorize") || path.starts_with("/account/") ||
         path.find("/workspace/settings/") != std::string_view::npos;
}

http::Response oauth_error(const http::ErrorInfo& info, const std::string& text) {
  const nlohmann::ordered_json body{{"error_description", text}, {"error", code_of(info.status)}};
  auto response = http::Response::json(info.status, body.dump());
  authorization::forbid_caching(response);
  return response;
}

}  // namespace

http::Response error_page(const http::Request* request, const http::ErrorInfo& info) {
  std::string text{say(info.reason)};
  if (info.status >= 500) text += " (request " + info.id + ")";
  if (request != nullptr && is_for_people(request->target_path)) {
    return authorization::account_notice(*request, info.status, "This did not work", {text + "."});
  }
  if (request != nullptr && request->target_path.starts_with("/site/")) {
    return oauth_error(info, text);
  }
  if (info.reason == ErrorReason::kNotFound) return resource::no_such_api();
  return resource::api_error(info.status, text);
}

}  // namespace bbgrant::sandbox

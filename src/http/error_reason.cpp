// SPDX-License-Identifier: MIT
#include <string>

#include "http/server.hpp"
#include "http/wire.hpp"

namespace bbgrant::http {
namespace {

struct ReasonRow {
  ErrorReason reason;
  int status;
  const char* name;
};

constexpr ReasonRow kReasons[] = {
    {ErrorReason::kBadRequest, 400, "bad_request"},
    {ErrorReason::kBadTarget, 400, "bad_target"},
    {ErrorReason::kNotFound, 404, "not_found"},
    {ErrorReason::kMethodNotAllowed, 405, "method_not_allowed"},
    {ErrorReason::kTimeout, 408, "timeout"},
    {ErrorReason::kBodyTooLarge, 413, "body_too_large"},
    {ErrorReason::kTargetTooLong, 414, "target_too_long"},
    {ErrorReason::kUnsupportedEncoding, 415, "unsupported_encoding"},
    {ErrorReason::kWrongHost, 421, "wrong_host"},
    {ErrorReason::kHeadersTooLarge, 431, "headers_too_large"},
    {ErrorReason::kFault, 500, "fault"},
    {ErrorReason::kUnknownMethod, 501, "unknown_method"},
    {ErrorReason::kUnavailable, 503, "unavailable"},
};

const ReasonRow& row_of(ErrorReason reason) noexcept {
  for (const ReasonRow& row : kReasons) {
    if (row.reason == reason) return row;
  }
  return kReasons[0];
}

}  // namespace

int status_of(ErrorReason reason) noexcept { return row_of(reason).status; }
const char* name_of(ErrorReason reason) noexcept { return row_of(reason).name; }

Response plain_error_page(const Request*, const ErrorInfo& info) {
  return Response::text(
      info.status, std::to_string(info.status) + " " + std::string{phrase_of(info.status)} + "\n");
}

}  // namespace bbgrant::http

// SPDX-License-Identifier: MIT
#include "authorization/error_table.hpp"

#include <array>

namespace bbgrant::authorization {
namespace {

constexpr std::size_t kLongestDetail = 100;

struct BothStyles {
  ErrorRow bitbucket;
  ErrorRow rfc;
};

constexpr BothStyles both(unsigned status, std::string_view error, std::string_view description) {
  return {{status, error, description}, {status, error, description}};
}

// In the order of the enumeration. Where a row has two halves, Bitbucket is known to differ from
// the standard; its half is what captures of its token endpoint show.
constexpr std::array<BothStyles, 32> kRows{{
    both(400, "invalid_request", "The parameter {} must be sent in the body, not in the URL"),
    {{400, "invalid_grant", "Unsupported grant type: None"},
     {400, "invalid_request", "The body must be application/x-www-form-urlencoded"}},
    both(400, "invalid_request", "The body is not a well-formed form: {}"),
    both(400, "invalid_request", "The parameter {} is repeated"),
    both(400, "invalid_request", "The parameter {} is too long"),
    // Bitbucket, not RFC 6749: `unauthorized_client` with status 400 for client authentication.
    {{400, "unauthorized_client", "Requests must be authenticated using OAuth client credentials"},
     {401, "invalid_client", "Client authentication is required"}},
    {{400, "unauthorized_client", "Invalid OAuth client credentials"},
     {401, "invalid_client", "Client authentication failed"}},
    both(400, "invalid_request", "Two different client authentications in one request"),
    // Bitbucket, not RFC 6749: `invalid_grant` for a grant type that is absent or unknown.
    {{400, "invalid_grant", "Unsupported grant type: None"},
     {400, "invalid_request", "The parameter grant_type is missing"}},
    {{400, "invalid_grant", "Unsupported grant type: {}"},
     {400, "unsupported_grant_type", "Unsupported grant type: {}"}},
    both(400, "unauthorized_client", "This consumer may not use the grant {}"),
    // Bitbucket, not RFC 6749: `invalid_grant`.
    {{400, "invalid_grant",
      "Cannot use client_credentials with a consumer marked as \"public\". Calls for auto "
      "generated "
      "consumers should use urn:bitbucket:oauth2:jwt instead."},
     {400, "unauthorized_client", "A public consumer may not use the grant client_credentials"}},
    both(400, "invalid_request", "No callback uri defined for the OAuth client."),
    both(400, "unauthorized_client", "The account that owns this consumer is gone or disabled"),
    both(400, "invalid_request", "The parameter {} is missing"),
    both(400, "invalid_request", "The parameter {} is not supported"),
    both(400, "invalid_target", "The resource {} is not served here"),
    // Bitbucket ignores what it does not grant; this row is sent in the standard's style only.
    both(400, "invalid_scope", "The scope is malformed or exceeds what this consumer may ask for"),
    both(429, "temporarily_unavailable", "Too many failed sign-ins, try again later"),
    both(503, "temporarily_unavailable", "The server is busy, try again later"),
    // Bitbucket, not RFC 6749: `invalid_request` for a wrong password and a wrong refresh token.
    {{400, "invalid_request", "Invalid resource owner username/password"},
     {400, "invalid_grant", "Invalid resource owner username/password"}},
    {{400, "invalid_request", "Invalid refresh_token"},
     {400, "invalid_grant", "Invalid refresh_token"}},
    both(400, "invalid_grant", "Invalid JWT: {}"),
    both(400, "invalid_grant",
         "The consumer's secret was sealed with another key: start with the --key-file of this "
         "store"),
    both(400, "invalid_grant", "{}"),
    both(400, "invalid_request", "The parameter token is missing"),
    both(400, "unauthorized_client", "The token was not issued to this consumer"),
    both(429, "temporarily_unavailable", "Too many tokens that are not active, try again later"),
    both(400, "unsupported_response_type", "The response_type {} is not supported"),
    both(400, "invalid_request", "{}"),
    both(400, "access_denied", "The resource owner refused"),
    both(500, "server_error", "Something went wrong on the server"),
}};
static_assert(kRows.size() == static_cast<std::size_t>(Refusal::kServerError) + 1);

// RFC 6749 section 5.2: %x20-21 / %x23-5B / %x5D-7E.
std::string printable(std::string_view detail) {
  std::string text;
  for (const char c : detail) {
    if (text.size() == kLongestDetail) break;
    if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') text += c;
  }
  return text;
}

}  // namespace

const ErrorRow& error_row(Refusal refusal, ErrorStyle style) {
  const auto& row = kRows.at(static_cast<std::size_t>(refusal));
  return style == ErrorStyle::kBitbucket ? row.bitbucket : row.rfc;
}

std::string description_of(const Refused& refused, ErrorStyle style) {
  std::string text{error_row(refused.refusal, style).description};
  if (const auto place = text.find("{}"); place != std::string::npos) {
    text.replace(place, 2, printable(refused.detail));
  }
  return text;
}

}  // namespace bbgrant::authorization

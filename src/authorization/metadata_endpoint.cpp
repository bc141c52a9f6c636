// SPDX-License-Identifier: MIT
#include "authorization/metadata_endpoint.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "authorization/scopes.hpp"

namespace bbgrant::authorization {

// RFC 8414 section 2.
boost::asio::awaitable<http::Response> MetadataEndpoint::answer(http::Request& request) const {
  const std::string issuer = request.origin();
  const std::string oauth = issuer + "/site/oauth2/";
  // The profile is the consumer's; here stands what holds for one that names none.
  std::vector<std::string_view> grants = behaviour_.profile->grant_types;
  grants.emplace_back("implicit");  // of the authorization endpoint alone
  const std::vector<std::string_view> methods{"client_secret_basic", "client_secret_post"};
  auto token_methods = methods;
  if (behaviour_.errors == ErrorStyle::kRfc6749) token_methods.emplace_back("none");  // S6
  const nlohmann::ordered_json body{
      {"issuer", issuer},
      {"authorization_endpoint", oauth + "authorize"},
      {"token_endpoint", oauth + "access_token"},
      {"revocation_endpoint", oauth + "revoke"},
      {"introspection_endpoint", oauth + "introspect"},
      {"scopes_supported", all_scopes()},
      {"response_types_supported", {"code", "token"}},
      {"response_modes_supported", {"query", "fragment"}},
      {"grant_types_supported", grants},
      {"token_endpoint_auth_methods_supported", token_methods},
      {"revocation_endpoint_auth_methods_supported", methods},
      {"introspection_endpoint_auth_methods_supported", methods},
      {"code_challenge_methods_supported", nlohmann::json::array({"S256"})},
      {"authorization_response_iss_parameter_supported", true}};  // RFC 9207
  co_return http::Response::json(200, body.dump());
}

}  // namespace bbgrant::authorization

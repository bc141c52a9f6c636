// SPDX-License-Identifier: MIT
// Bitbucket's urn:bitbucket:oauth2:jwt, client's side. Not a grant of RFC 7523: the JWT stands in
// the Authorization header, with a scheme of its own.

#include <bbgrant/client.hpp>
#include <nlohmann/json.hpp>

#include "client/client_parts.hpp"
#include "client/crypto.hpp"
#include "client/form.hpp"
#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE Token Client::jwt_grant(std::string_view subject, const Secret& key,
                                       std::string_view issuer, std::chrono::milliseconds timeout,
                                       std::stop_token stop) const {
  if (subject.empty()) throw ConfigError("The subject of the JWT is empty");
  if (key.empty()) throw ConfigError("The key of the JWT is empty");
  constexpr std::chrono::seconds kLifetime = std::chrono::minutes{3};
  const auto issued = now();
  const nlohmann::json claims{
      {"iss", issuer.empty() ? std::string_view{parts_->key.value()} : issuer},
      {"sub", subject},
      {"iat", issued.time_since_epoch().count()},
      {"exp", (issued + kLifetime).time_since_epoch().count()}};
  Secret jwt = detail::base64url(R"({"alg":"HS256","typ":"JWT"})");
  jwt.append(".");
  jwt.append(detail::base64url(claims.dump()).reveal());
  const Secret signature = detail::hmac_sha256(key, jwt.reveal());  // RFC 7515 section 5.1
  jwt.append(".");
  jwt.append(detail::base64url(signature.reveal()).reveal());

  WireText authorization = wire_text("JWT ");  // case sensitive at Bitbucket
  authorization.push_back(WirePart::hidden(WireKind::kAssertion, std::move(jwt)));
  std::vector<FormField> fields;
  fields.push_back(FormField::plain("grant_type", "urn:bitbucket:oauth2:jwt"));
  return parts_->token_request(std::move(fields), std::move(authorization), "JWT grant", timeout,
                               std::move(stop));
}

}  // namespace bbgrant

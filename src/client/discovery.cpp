// SPDX-License-Identifier: MIT
// RFC 8414: what an authorization server publishes about itself.

#include <algorithm>

#include <bbgrant/discovery.hpp>
#include <bbgrant/error.hpp>

#include "client/exchange.hpp"
#include "client/inline.hpp"
#include "client/json_reader.hpp"
#include "client/url.hpp"

namespace bbgrant::detail {

/// One reading of a metadata document.
struct Metadata {
  std::string_view issuer;
  const Url& url;
  const Options& options;
  nlohmann::json document;

  [[noreturn]] void refuse(const std::string& why) const {
    throw ProtocolError("The server's metadata cannot be used: " + why, 200, {}, url.shown(),
                        "Check the issuer, or give the endpoints one by one");
  }

  /// An endpoint, judged like one that a person gave (S85); empty when it is absent.
  [[nodiscard]] std::string endpoint(const char* name) const {
    const auto found = document.find(name);
    if (found == document.end() || found->is_null()) return {};
    if (!found->is_string()) refuse(std::string{name} + " is not a string");
    try {
      return judged_url(found->get_ref<const std::string&>(), name, options.allow_plain_http)
          .text();
    } catch (const ConfigError& error) {
      refuse(error.what());
    }
  }

  [[nodiscard]] bool lists(const char* name, std::string_view value) const {
    const auto found = document.find(name);
    return found != document.end() && found->is_array() &&
           std::ranges::any_of(*found, [value](const auto& item) {
             return item.is_string() && item.template get_ref<const std::string&>() == value;
           });
  }

  [[nodiscard]] Discovery read() const {
    if (!document.is_object()) refuse("it is not a JSON object");
    const auto named = document.find("issuer");
    // Character for character: RFC 8414 section 3.3.
    if (named == document.end() || !named->is_string() ||
        named->get_ref<const std::string&>() != issuer)
      refuse("its issuer is not the one that was asked");
    Discovery result;
    result.server = Server{.name = std::string{issuer},
                           .issuer = std::string{issuer},
                           .authorize_url = endpoint("authorization_endpoint"),
                           .token_url = endpoint("token_endpoint"),
                           .revoke_url = endpoint("revocation_endpoint"),
                           .introspect_url = endpoint("introspection_endpoint")};
    if (result.server.token_url.empty()) refuse("it has no token_endpoint");
    const auto sends = document.find("authorization_response_iss_parameter_supported");
    result.server.sends_issuer =
        sends != document.end() && sends->is_boolean() && sends->get<bool>();
    constexpr const char* kMethods = "token_endpoint_auth_methods_supported";
    if (lists(kMethods, "client_secret_post") && !lists(kMethods, "client_secret_basic"))
      result.authentication = ClientAuthentication::kBody;
    return result;
  }
};

/// Where the document is: RFC 8414 section 3.1 puts the well-known part before the issuer's path,
/// OpenID Connect Discovery section 4 behind it.
inline std::string metadata_url(const Url& issuer, bool openid) {
  std::string path = issuer.target();
  while (path.ends_with('/')) path.pop_back();
  const std::string origin =
      issuer.text().substr(0, issuer.text().find('/', issuer.scheme().size() + 3));
  return openid ? origin + path + "/.well-known/openid-configuration"
                : origin + "/.well-known/oauth-authorization-server" + path;
}

}  // namespace bbgrant::detail

namespace bbgrant {

BBGRANT_INLINE Discovery discover(std::string_view issuer, const Options& options,
                                  std::chrono::milliseconds timeout, std::stop_token stop) {
  const auto base = detail::judged_url(issuer, "The issuer", options.allow_plain_http);
  if (base.target().find('?') != std::string::npos)  // RFC 8414 section 2
    throw ConfigError("The issuer must not have a query", base.shown());
  const auto line = detail::line_from(options);
  for (const bool openid : {false, true}) {
    const auto url = detail::Url::parse(detail::metadata_url(base, openid));
    if (!url) throw ConfigError("The issuer is not an http or https URL");
    HttpRequest request{.url = url->text(), .timeout = timeout, .body_limit = 64U << 10U};
    request.may_resend = true;
    request.stop = stop;
    request.headers.push_back({"Accept", wire_text("application/json")});
    request.headers.push_back({"User-Agent", wire_text(line.user_agent)});
    auto response = detail::exchange(line, request, "discovery", detail::BodyHolds::kData);
    if (response.status == 404 && !openid) continue;
    if (response.status != 200)
      throw ProtocolError(
          "The server publishes no metadata (status " + std::to_string(response.status) + ")",
          response.status, detail::excerpt(response.body), url->shown(),
          "Check the issuer, or give the endpoints one by one");
    detail::Metadata metadata{issuer, *url, options, {}};
    try {
      metadata.document = detail::read_json(response.body, 32, detail::RepeatedMembers::kRefuse);
    } catch (const detail::BadJson& bad) {
      metadata.refuse(bad.what());
    }
    auto result = metadata.read();
    result.server.api_url = base.text().substr(0, base.text().find('/', base.scheme().size() + 3));
    result.document = std::move(response.body);
    return result;
  }
  throw ProtocolError("The server publishes no metadata", 404, {}, base.shown());
}

}  // namespace bbgrant

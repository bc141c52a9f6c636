// SPDX-License-Identifier: MIT
// The authorization code grant with PKCE, client's side. RFC 6749 section 4.1, RFC 7636, RFC 9207.

#include <algorithm>
#include <map>

#include <bbgrant/client.hpp>

#include "client/client_parts.hpp"
#include "client/crypto.hpp"
#include "client/form.hpp"
#include "client/inline.hpp"

namespace bbgrant::detail {

[[noreturn]] inline void distrust(const std::string& why) {
  throw ProtocolError("The callback cannot be trusted: " + why, 0, {}, {},
                      "Begin the authorization anew");
}

/// The parameters of a callback, decoded. Refuses one that comes twice (RFC 6749 section 3.1).
inline std::map<std::string, Secret, std::less<>> callback_parameters(std::string_view callback) {
  callback = callback.substr(0, callback.find('#'));
  if (const auto mark = callback.find('?'); mark != std::string_view::npos)
    callback.remove_prefix(mark + 1);
  std::map<std::string, Secret, std::less<>> parameters;
  bool twice = false;
  while (!callback.empty()) {
    const auto pair = callback.substr(0, callback.find('&'));
    callback.remove_prefix(std::min(callback.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    const bool added = parameters
                           .emplace(std::string{percent_decoded(pair.substr(0, equals)).reveal()},
                                    percent_decoded(value))
                           .second;
    twice = twice || !added;
  }
  for (const char* refused : {"response", "access_token", "id_token"})
    if (parameters.contains(refused))
      distrust(std::string{"it carries "} + refused + ", which was not asked for");
  if (twice) distrust("a parameter comes twice");
  return parameters;
}

}  // namespace bbgrant::detail

namespace bbgrant {

BBGRANT_INLINE Authorization Authorization::copy() const {
  return {url, state.copy(), code_verifier.copy(), redirect_uri, scopes};
}

BBGRANT_INLINE Authorization Client::begin_authorization(const RedirectUri& redirect_uri,
                                                         const Scopes& scopes) const {
  const auto& endpoint = parts_->server.authorize_url;
  if (endpoint.empty())
    throw ConfigError("The server has no authorize URL", {}, "Set Server::authorize_url");
  detail::require_one_line(redirect_uri.value(), "The redirect URI");

  Authorization result{.state = detail::random_secret(),
                       .code_verifier = detail::random_secret(),  // RFC 7636 section 4.1
                       .redirect_uri = redirect_uri,
                       .scopes = scopes};
  std::vector<FormField> query;
  query.push_back(FormField::plain("response_type", "code"));
  query.push_back(FormField::plain("client_id", parts_->key.value()));
  if (!redirect_uri.empty())
    query.push_back(FormField::plain("redirect_uri", redirect_uri.value()));
  if (!scopes.empty()) query.push_back(FormField::plain("scope", scopes.text()));
  query.push_back(FormField::plain("state", std::string{result.state.reveal()}));
  query.push_back(FormField::plain(
      "code_challenge",
      std::string{detail::base64url(detail::sha256(result.code_verifier.reveal())).reveal()}));
  query.push_back(FormField::plain("code_challenge_method", "S256"));
  // The endpoint may have a query of its own, which stays (RFC 6749 section 3.1).
  result.url = endpoint + (endpoint.find('?') == std::string::npos ? "?" : "&") +
               masked(detail::encoded_form(query));
  return result;
}

BBGRANT_INLINE Secret judge_callback(const Authorization& authorization, const Server& server,
                                     std::string_view callback) {
  const auto parameters = detail::callback_parameters(callback);  // S84
  const auto value = [&parameters](std::string_view name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string_view{} : found->second.reveal();
  };
  if (authorization.state.empty() ||
      !detail::same_secret(value("state"), authorization.state.reveal()))
    detail::distrust("its state is not the one that was sent");
  if (parameters.contains("iss")) {
    if (!server.issuer.empty() && value("iss") != server.issuer)
      detail::distrust("it comes from another authorization server");
  } else if (server.sends_issuer) {
    detail::distrust("it does not name the authorization server");
  }
  if (parameters.contains("error")) {
    OAuthError::Answer answer{.error = std::string{value("error")},
                              .description = std::string{value("error_description")},
                              .error_uri = std::string{value("error_uri")}};
    std::string what = "The authorization was refused: " + answer.error;
    if (!answer.description.empty()) what += " (" + answer.description + ")";
    const bool denied = answer.error == "access_denied";
    throw OAuthError(what, std::move(answer), {},
                     denied ? "Ask again only when the resource owner wants it" : "");
  }
  if (value("code").empty()) detail::distrust("it has no code");
  return parameters.find("code")->second.copy();
}

BBGRANT_INLINE Token Client::finish_authorization(Authorization authorization,
                                                  std::string_view callback,
                                                  std::chrono::milliseconds timeout,
                                                  std::stop_token stop) const {
  Secret code = judge_callback(authorization, parts_->server, callback);
  std::vector<FormField> fields;
  fields.push_back(FormField::plain("grant_type", "authorization_code"));
  fields.push_back(FormField::hidden("code", WireKind::kCode, std::move(code)));
  if (!authorization.redirect_uri.empty())  // RFC 6749 section 4.1.3: if it was sent, again
    fields.push_back(FormField::plain("redirect_uri", authorization.redirect_uri.value()));
  fields.push_back(FormField::hidden("code_verifier", WireKind::kCodeVerifier,
                                     std::move(authorization.code_verifier)));
  return token_request(std::move(fields), "authorization code grant", timeout, std::move(stop));
}

}  // namespace bbgrant

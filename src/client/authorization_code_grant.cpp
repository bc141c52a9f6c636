// SPDX-License-Identifier: MIT
// The authorization code grant with PKCE, client's side. RFC 6749 section 4.1, RFC 7636, RFC 9207.

#include <bbgrant/client.hpp>

#include "client/callback.hpp"
#include "client/client_parts.hpp"
#include "client/crypto.hpp"
#include "client/form.hpp"
#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE Authorization Authorization::copy() const {
  return {url, state.copy(), code_verifier.copy(), redirect_uri, scopes};
}

BBGRANT_INLINE Authorization Client::begin_authorization(const RedirectUri& redirect_uri,
                                                         const Scopes& scopes) const {
  auto result = parts_->authorization_request("code", redirect_uri, scopes);
  result.code_verifier = detail::random_secret();  // RFC 7636 section 4.1
  result.url +=
      "&code_challenge=" +
      std::string{detail::base64url(detail::sha256(result.code_verifier.reveal())).reveal()} +
      "&code_challenge_method=S256";
  return result;
}

BBGRANT_INLINE Secret judge_callback(const Authorization& authorization, const Server& server,
                                     std::string_view callback) {
  callback = callback.substr(0, callback.find('#'));
  if (const auto mark = callback.find('?'); mark != std::string_view::npos)
    callback.remove_prefix(mark + 1);
  const detail::Callback parameters{callback, {"response", "access_token", "id_token"}};  // S84
  parameters.judge(authorization, server);
  if (parameters.value("code").empty()) detail::distrust("it has no code");
  return Secret{parameters.value("code")};
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

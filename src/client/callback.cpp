// SPDX-License-Identifier: MIT
#include "client/callback.hpp"

#include <algorithm>

#include "client/crypto.hpp"
#include "client/form.hpp"
#include "client/inline.hpp"

namespace bbgrant::detail {

BBGRANT_INLINE void distrust(const std::string& why) {
  throw ProtocolError("The callback cannot be trusted: " + why, 0, {}, {},
                      "Begin the authorization anew");
}

BBGRANT_INLINE Callback::Callback(std::string_view encoded,
                                  std::initializer_list<const char*> refused) {
  bool twice = false;
  while (!encoded.empty()) {
    const auto pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    const bool added = parameters_
                           .emplace(std::string{percent_decoded(pair.substr(0, equals)).reveal()},
                                    percent_decoded(value))
                           .second;
    twice = twice || !added;
  }
  for (const char* name : refused)
    if (parameters_.contains(name))
      distrust(std::string{"it carries "} + name + ", which was not asked for");
  if (twice) distrust("a parameter comes twice");
}

BBGRANT_INLINE std::string_view Callback::value(std::string_view name) const {
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? std::string_view{} : found->second.reveal();
}

BBGRANT_INLINE void Callback::judge(const Authorization& authorization,
                                    const Server& server) const {
  if (authorization.state.empty() || !same_secret(value("state"), authorization.state.reveal()))
    distrust("its state is not the one that was sent");
  if (parameters_.contains("iss")) {
    if (!server.issuer.empty() && value("iss") != server.issuer)
      distrust("it comes from another authorization server");
  } else if (server.sends_issuer) {
    distrust("it does not name the authorization server");
  }
  if (!parameters_.contains("error")) return;
  OAuthError::Answer answer{.error = std::string{value("error")},
                            .description = std::string{value("error_description")},
                            .error_uri = std::string{value("error_uri")}};
  std::string what = "The authorization was refused: " + answer.error;
  if (!answer.description.empty()) what += " (" + answer.description + ")";
  const bool denied = answer.error == "access_denied";
  throw OAuthError(what, std::move(answer), {},
                   denied ? "Ask again only when the resource owner wants it" : "");
}

}  // namespace bbgrant::detail

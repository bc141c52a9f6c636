// SPDX-License-Identifier: MIT
// The implicit grant, client's side: for comparison only. RFC 6749 section 4.2, RFC 9700 section
// 2.1.2.

#include <bbgrant/client.hpp>
#include <nlohmann/json.hpp>

#include "client/callback.hpp"
#include "client/client_parts.hpp"
#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE Authorization Client::begin_implicit(const RedirectUri& redirect_uri,
                                                    const Scopes& scopes) const {
  return parts_->authorization_request("token", redirect_uri, scopes);
}

BBGRANT_INLINE Token judge_implicit_callback(const Authorization& authorization,
                                             const Server& server, std::string_view callback,
                                             std::chrono::sys_seconds now) {
  if (const auto mark = callback.find('#'); mark != std::string_view::npos)
    callback.remove_prefix(mark + 1);
  else if (callback.find('?') != std::string_view::npos)
    callback = {};  // a query is not where this answer comes
  // RFC 6749 section 4.2.2: no refresh token may come this way.
  const detail::Callback parameters{callback, {"response", "code", "id_token", "refresh_token"}};
  parameters.judge(authorization, server);
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : parameters.all())
    if (name != "state" && name != "iss") object[name] = value.reveal();
  const Secret answer{object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
  return judge_token_response(200, {}, answer.reveal(), now);
}

}  // namespace bbgrant

// SPDX-License-Identifier: MIT
// Asking what a token is, client's side. RFC 7662.

#include <algorithm>
#include <cstdint>

#include <bbgrant/client.hpp>
#include <nlohmann/json.hpp>

#include "client/client_parts.hpp"
#include "client/inline.hpp"
#include "client/json_reader.hpp"
#include "client/token_response.hpp"

namespace bbgrant::detail {

inline std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

inline Introspection read_introspection(const nlohmann::json& object) {
  Introspection result{.active = object.at("active").get<bool>(),
                       .scopes = Scopes::read(text_of(object, "scope")),
                       .client_id = text_of(object, "client_id"),
                       .username = text_of(object, "username"),
                       .subject = text_of(object, "sub")};
  constexpr double kMost = 253'402'300'799;  // the last second of the year 9999
  if (const auto end = object.find("exp"); end != object.end() && end->is_number())
    result.expires_at = std::chrono::sys_seconds{std::chrono::seconds{
        static_cast<std::int64_t>(std::clamp(end->get<double>(), 0.0, kMost))}};
  return result;
}

}  // namespace bbgrant::detail

namespace bbgrant {

BBGRANT_INLINE Introspection Client::introspect(const Secret& token, WireKind kind,
                                                std::chrono::milliseconds timeout,
                                                std::stop_token stop) const {
  if (parts_->server.introspect_url.empty())
    throw ConfigError("The server has no introspection endpoint", {},
                      "Call the API: a 401 says that the token is no longer good");
  const auto request =
      parts_->token_form(parts_->server.introspect_url, token, kind, timeout, std::move(stop));
  const auto response =
      detail::exchange(parts_->line, request, "introspect", detail::BodyHolds::kTokens);
  const detail::KnownSecrets known{request};
  const auto shown = detail::judged_url(request.url, "The introspect URL", true).shown();
  if (response.status != 200)
    detail::throw_refusal(response.status, response.headers, response.body, now(), shown, known);
  try {
    const auto object = detail::read_json(response.body, 32, detail::RepeatedMembers::kRefuse);
    if (object.is_object() && object.contains("active") && object.at("active").is_boolean()) {
      auto result = detail::read_introspection(object);
      result.answer = masked(detail::hide_token_answer(response.body, known));
      return result;
    }
  } catch (const detail::BadJson&) {
    // Told below.
  }
  throw ProtocolError(
      "The answer of the introspection endpoint does not say whether the token is "
      "active",
      response.status, detail::excerpt(masked(detail::hide_token_answer(response.body, known))),
      shown);
}

}  // namespace bbgrant

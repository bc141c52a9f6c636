// SPDX-License-Identifier: MIT
#include "client/api_error.hpp"

#include "client/challenge.hpp"
#include "client/exchange.hpp"
#include "client/inline.hpp"
#include "client/json_reader.hpp"

namespace bbgrant::detail {

inline std::string text_or_json(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// A list of scope names, or one text with all of them.
inline Scopes scopes_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (found->is_string()) return Scopes::read(found->get_ref<const std::string&>());
  std::string text;
  if (found->is_array())
    for (const auto& item : *found)
      if (item.is_string()) text += item.get_ref<const std::string&>() + " ";
  return Scopes::read(text);
}

/// The order of members and the type of `detail` differ between Bitbucket's services.
inline void read_error_body(std::string_view body, ApiError::Answer& answer) {
  nlohmann::json object;
  try {
    object = read_json(body, 100, RepeatedMembers::kAllow);
  } catch (const BadJson&) {
    return;  // a plain text, such as the one that comes with 429
  }
  if (!object.is_object() || !object.contains("error")) return;
  const auto& error = object.at("error");
  if (error.is_string()) {  // OAuth's shape
    answer.message = error.get<std::string>();
    if (const auto text = object.find("error_description"); text != object.end())
      answer.detail = text_or_json(*text);
    return;
  }
  if (!error.is_object()) return;
  if (const auto message = error.find("message"); message != error.end())
    answer.message = text_or_json(*message);
  if (const auto detail = error.find("detail"); detail != error.end()) {
    answer.detail = text_or_json(*detail);
    if (detail->is_object()) {
      answer.required = scopes_of(*detail, "required");
      answer.granted = scopes_of(*detail, "granted");
    }
  }
}

inline std::string advice_for_status(const ApiError::Answer& answer) {
  switch (answer.status) {
    case 401:
      return "Refresh the token, or sign in again";
    case 403:
      return answer.required.empty()
                 ? "Ask for a token with more scopes, or for access to the object"
                 : "Ask for a token with the scope " + answer.required.text();
    case 404:
      return "Check the path; a private object that this token may not see looks the same";
    case 410:
      return "The endpoint was removed; the answer's detail says what replaces it";
    case 429:
      return "Wait before the next call";
    default:
      return answer.status >= 500 ? "Try again later" : "";
  }
}

BBGRANT_INLINE ApiError api_error(const HttpRequest& request, std::string_view shown_url,
                                  const HttpResponse& response, std::chrono::sys_seconds now,
                                  const KnownSecrets& known) {
  ApiError::Answer answer{.status = response.status,
                          .masked_body = excerpt(known.mask(response.body)),
                          .retry_after = retry_after(response.headers, now)};
  read_error_body(response.body, answer);
  answer.message = known.mask(answer.message);
  answer.detail = known.mask(answer.detail);
  for (const auto& [name, value] : response.headers) {
    if (same_in_any_case(name, "WWW-Authenticate"))
      for (auto& challenge : parse_challenges(known.mask(value)))
        answer.challenges.push_back(std::move(challenge));
    answer.headers.emplace_back(
        name, same_in_any_case(name, "Set-Cookie") ? std::string{"***"} : known.mask(value));
  }
  if (answer.granted.empty())
    answer.granted = Scopes::read(find_header(answer.headers, "X-OAuth-Scopes").value_or(""));
  if (answer.required.empty() && response.status == 403)
    answer.required =
        Scopes::read(find_header(answer.headers, "X-Accepted-OAuth-Scopes").value_or(""));

  std::string what = request.method + " " + std::string{shown_url} + " was answered with " +
                     std::to_string(answer.status);
  if (!answer.message.empty()) what += ": " + answer.message;
  std::string advice = advice_for_status(answer);
  return ApiError(what, std::move(answer), std::string{shown_url}, std::move(advice));
}

}  // namespace bbgrant::detail

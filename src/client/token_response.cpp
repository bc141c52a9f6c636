// SPDX-License-Identifier: MIT
#include "client/token_response.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include <bbgrant/error.hpp>

#include "client/exchange.hpp"
#include "client/inline.hpp"
#include "client/json_reader.hpp"

namespace bbgrant::detail {

/// What every check of one answer needs to throw with.
struct Answer {
  int status;
  const Headers& headers;
  std::string_view body;
  std::chrono::sys_seconds now;
  std::string_view url;
  const KnownSecrets& known;

  [[nodiscard]] std::string masked_body() const {
    return excerpt(masked(hide_token_answer(body, known)));
  }
  [[noreturn]] void malformed(const std::string& why) const {
    throw ProtocolError(
        "The answer of the token endpoint (status " + std::to_string(status) +
            ") is no token: " + why,
        status, masked_body(), std::string{url},
        "Check that the token URL is right; RFC 6749 section 5 says what must come from there");
  }
};

/// What a code of RFC 6749 section 5.2, or Bitbucket's use of it, asks the reader to do.
inline std::string advice_for_code(std::string_view error, std::string_view description) {
  if (description.starts_with("Unsupported grant type"))  // Bitbucket sends invalid_grant with it
    return "The server does not offer this grant; use another one";
  if (description.find("resource owner") != std::string_view::npos)
    return "Check name and password; an account with two-step verification cannot use this grant";
  if (description.find("refresh_token") != std::string_view::npos)
    return "The refresh token is no longer good: sign in again";
  if (error == "unauthorized_client" || error == "invalid_client")
    return "Check the consumer key and secret, and that this client may use this grant";
  if (error == "unsupported_grant_type")
    return "The server does not offer this grant; use another one";
  if (error == "invalid_grant")
    return "What was presented (password, code or refresh token) is wrong, used or expired";
  if (error == "invalid_scope") return "Ask for scopes that the client is registered for";
  if (error == "temporarily_unavailable" || error == "server_error") return "Try again later";
  return {};
}

inline std::string text_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

[[noreturn]] inline void throw_oauth_error(const nlohmann::json& object, const Answer& answer) {
  // The server may echo what it was sent.
  OAuthError::Answer refusal{
      .status = answer.status,
      .error = answer.known.mask(text_member(object, "error")),
      .description = answer.known.mask(text_member(object, "error_description")),
      .error_uri = answer.known.mask(text_member(object, "error_uri")),
      .masked_body = answer.masked_body(),
      .retry_after = retry_after(answer.headers, answer.now)};
  std::string what = "The authorization server refused: " + refusal.error;
  if (!refusal.description.empty()) what += " (" + refusal.description + ")";
  std::string advice = advice_for_code(refusal.error, refusal.description);
  throw OAuthError(what, std::move(refusal), std::string{answer.url}, std::move(advice));
}

/// S43: how long the token lives, from 0 to 2^31 - 1 seconds; nothing when the server does not say.
inline std::optional<std::chrono::seconds> read_lifetime(const nlohmann::json& object,
                                                         const Answer& answer) {
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  const auto found = object.find("expires_in");
  if (found == object.end() || found->is_null()) return std::nullopt;
  double seconds = 0;
  if (found->is_number()) {
    seconds = found->get<double>();
  } else if (found->is_string()) {
    // PayPal and others send digits in a string.
    const auto& text = found->get_ref<const std::string&>();
    const auto digits = text.find_first_not_of("0123456789", text.starts_with('-') ? 1 : 0);
    if (text.empty() || text == "-" || digits != std::string::npos)
      answer.malformed("expires_in is no number");
    // More digits than a double holds read as infinity.
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec == std::errc::result_out_of_range) seconds = text.starts_with('-') ? 0 : kMost;
  } else {
    answer.malformed("expires_in is no number");
  }
  return std::chrono::seconds{
      static_cast<std::int64_t>(std::clamp(std::floor(seconds), 0.0, kMost))};
}

/// Moves a text out of the object into a Secret and wipes where it was.
inline Secret take_secret(nlohmann::json& value) {
  return Secret{std::move(value.get_ref<std::string&>())};
}

/// The name of a member that is a text or absent; null counts as absent.
inline bool has_text(const nlohmann::json& object, const char* name, const Answer& answer) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return false;
  if (!found->is_string()) answer.malformed(std::string{name} + " is not a string");
  return true;
}

inline void read_scopes(const nlohmann::json& object, const Answer& answer, Token& token) {
  for (const char* name : {"scope", "scopes"})  // Bitbucket, not RFC 6749: `scopes`
    if (has_text(object, name, answer) && !token.scopes)
      token.scopes = Scopes::read(object.at(name).get_ref<const std::string&>());
}

/// The members that have no place in a Token, secrets among them as "***".
inline std::string other_members(nlohmann::json object, const KnownSecrets& known) {
  for (const char* name :
       {"access_token", "refresh_token", "token_type", "expires_in", "scope", "scopes"})
    object.erase(name);
  const std::string text = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return masked(hide_token_answer(text, known));
}

inline Token read_token(nlohmann::json& object, const Answer& answer) {
  if (const auto error = object.find("error"); error != object.end() && !error->is_null()) {
    if (error->is_string()) throw_oauth_error(object, answer);  // refused with status 200
    answer.malformed("it has a member error");
  }
  const auto access = object.find("access_token");
  if (access == object.end()) answer.malformed("access_token is missing");
  if (!access->is_string()) answer.malformed("access_token is not a string");
  if (access->get_ref<const std::string&>().empty()) answer.malformed("access_token is empty");

  const auto type = object.find("token_type");
  if (type == object.end() || !type->is_string()) answer.malformed("token_type is missing");
  // RFC 6749 section 7.1: a client must not use a type that it does not understand.
  if (!same_in_any_case(type->get_ref<const std::string&>(), "bearer"))
    answer.malformed("token_type is not bearer");

  Token token;
  token.token_type = type->get<std::string>();
  token.issued_at = answer.now;
  token.expires_in = read_lifetime(object, answer);
  const bool refreshable = has_text(object, "refresh_token", answer);
  read_scopes(object, answer, token);
  token.masked_answer = answer.masked_body();
  token.answer = Secret{answer.body};
  token.access_token = take_secret(*access);
  if (refreshable && !object.at("refresh_token").get_ref<const std::string&>().empty())
    token.refresh_token = take_secret(object.at("refresh_token"));
  token.other_members = other_members(std::move(object), answer.known);
  // What a header could not carry must not become one (S86).
  if (token.access_token.reveal().find_first_of(std::string_view{"\r\n\0", 3}) !=
      std::string_view::npos)
    answer.malformed("access_token has a line end or a zero byte");
  return token;
}

BBGRANT_INLINE void throw_refusal(int status, const Headers& headers, std::string_view body,
                                  std::chrono::sys_seconds now, std::string_view url,
                                  const KnownSecrets& known) {
  const Answer answer{status, headers, body, now, url, known};
  if (status >= 300 && status < 400) answer.malformed("it is a redirect, which is not followed");
  try {
    const auto object = read_json(body, 32, RepeatedMembers::kRefuse);
    if (object.is_object() && object.contains("error") && object.at("error").is_string())
      throw_oauth_error(object, answer);
  } catch (const BadJson&) {
    // An error page of a gateway; the status says enough.
  }
  answer.malformed("no OAuth error either");
}

BBGRANT_INLINE Token judge_token_answer(int status, const Headers& headers, std::string_view body,
                                        std::chrono::sys_seconds now, std::string_view url,
                                        const KnownSecrets& known) {
  if (status != 200) throw_refusal(status, headers, body, now, url, known);
  const Answer answer{status, headers, body, now, url, known};
  try {
    auto object = read_json(body, 32, RepeatedMembers::kRefuse);
    if (!object.is_object()) answer.malformed("it is not a JSON object");
    return read_token(object, answer);
  } catch (const BadJson& bad) {
    answer.malformed(bad.what());
  }
}

}  // namespace bbgrant::detail

namespace bbgrant {

BBGRANT_INLINE Token judge_token_response(int status, const Headers& headers, std::string_view body,
                                          std::chrono::sys_seconds now, std::string_view url) {
  return detail::judge_token_answer(status, headers, body, now, url, {});
}

}  // namespace bbgrant

// SPDX-License-Identifier: MIT
#include "authorization/authorize_request.hpp"

#include <algorithm>
#include <utility>

#include "authorization/redirect_uri.hpp"
#include "authorization/token_endpoint.hpp"
#include "authorization/token_issuer.hpp"

namespace bbgrant::authorization {
namespace {

constexpr std::size_t kLongestState = 2048;  // S18
constexpr std::size_t kLongestParameter = 4096;
constexpr std::string_view kCode = "code";
constexpr std::string_view kToken = "token";

std::string text_of(const http::Form& form, std::string_view name) {
  return std::string{form.get(name).value_or("")};
}

// RFC 7636 section 4.2: base64url of a SHA-256, 43 characters.
bool is_challenge(std::string_view text) {
  return text.size() == 43 && std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

// S21. Only S256: "plain" shows the verifier to whoever sees the request. A challenge without a
// method means plain (section 4.3), a method without a challenge nothing.
std::optional<Refused> judge_challenge(const store::Consumer& consumer, const http::Form& form) {
  const auto challenge = text_of(form, "code_challenge");
  const auto method = text_of(form, "code_challenge_method");
  if (challenge.empty() && method.empty()) {
    if (!consumer.require_pkce) return std::nullopt;
    return Refused{Refusal::kWrongChallenge, "This consumer needs PKCE: send a code_challenge"};
  }
  if (method != "S256") {
    return Refused{Refusal::kWrongChallenge, "code_challenge_method must be S256"};
  }
  if (!is_challenge(challenge)) {
    return Refused{Refusal::kWrongChallenge,
                   "code_challenge must be 43 characters of base64url, a SHA-256"};
  }
  return std::nullopt;
}

std::optional<Refused> judge_form(const http::Form& form, const std::string& origin) {
  if (const auto name = form.repeated()) {
    return Refused{Refusal::kRepeatedParameter, std::string{*name}};
  }
  for (const auto& [name, value] : form) {
    if (value.size() > (name == "state" ? kLongestState : kLongestParameter)) {
      return Refused{Refusal::kOversizedParameter, name};
    }
  }
  const auto type = text_of(form, "response_type");
  if (type.empty()) return Refused{Refusal::kMissingParameter, "response_type"};
  if (type != kCode && type != kToken) return Refused{Refusal::kUnsupportedResponseType, type};
  return judge_extensions(form, origin, type == kToken ? "fragment" : "query");
}

// Which of the consumer's grants a response type belongs to. A consumer that needs PKCE has no use
// for an answer that knows none.
std::optional<Refused> judge_type(const store::Consumer& consumer, const Profile& profile,
                                  std::string_view type) {
  const std::string grant = type == kCode ? "authorization_code" : "implicit";
  const bool known =
      std::ranges::find(profile.response_types, type) != profile.response_types.end();
  if (!known || !may_use(consumer, grant) || (type == kToken && consumer.require_pkce)) {
    return Refused{Refusal::kGrantNotAllowed, grant};
  }
  return std::nullopt;
}

std::variant<std::string, NoPlace> judge_place(const store::Consumer& consumer,
                                               const http::Form& form, ErrorStyle style) {
  const std::string heading = "Invalid redirect_uri";
  if (consumer.callback_url.empty()) {
    return NoPlace{heading, "No callback uri defined for the OAuth client."};
  }
  if (form.is_repeated("redirect_uri")) return NoPlace{heading, "redirect_uri stands twice."};
  const auto asked = text_of(form, "redirect_uri");
  if (asked.empty()) return consumer.callback_url;
  if (!may_redirect_to(consumer.callback_url, asked, style)) {
    return NoPlace{
        heading, style == ErrorStyle::kRfc6749
                     ? "redirect_uri must be the consumer's callback URL, character for character."
                     : "redirect_uri must be the consumer's callback URL, or begin with it."};
  }
  return asked;
}

}  // namespace

boost::asio::awaitable<JudgedAuthorization> judge_authorization(store::Store& store,
                                                                const http::Form& form,
                                                                std::string origin,
                                                                const Behaviour& behaviour) {
  const auto key = text_of(form, "client_id");
  std::optional<store::Consumer> consumer;
  if (!key.empty() && !form.is_repeated("client_id")) consumer = co_await store.find_consumer(key);
  if (!consumer || (consumer->demo && behaviour.refuse_demo)) {  // S58
    co_return NoPlace{"Invalid client_id", key.empty()
                                               ? "client_id, the consumer's key, is missing."
                                               : "No consumer has the key that client_id names."};
  }
  auto place = judge_place(*consumer, form, behaviour.errors);
  if (auto* none = std::get_if<NoPlace>(&place)) co_return std::move(*none);

  AskedAuthorization asked{.consumer = std::move(*consumer),
                           .response_type = text_of(form, "response_type"),
                           .redirect_uri_sent = !text_of(form, "redirect_uri").empty(),
                           .scopes = {},
                           .place = {.redirect_uri = std::get<std::string>(std::move(place))}};
  asked.place.in_fragment = asked.response_type == kToken && !form.is_repeated("response_type");
  if (const auto state = form.get("state");
      state && !form.is_repeated("state") && state->size() <= kLongestState) {
    asked.place.state = *state;
  }
  const auto& profile = profile_of(asked.consumer, behaviour);
  auto refused = judge_form(form, origin);
  if (!refused) refused = judge_type(asked.consumer, profile, asked.response_type);
  if (!refused && asked.response_type == kCode) refused = judge_challenge(asked.consumer, form);
  if (!refused) {
    auto scopes =
        TokenIssuer::decide_scopes(asked.consumer, text_of(form, "scope"), behaviour.errors);
    if (auto* no = std::get_if<Refused>(&scopes)) {
      refused = std::move(*no);
    } else {
      asked.scopes = std::get<ScopeSet>(std::move(scopes));
    }
  }
  if (refused) {
    RefusedAuthorization told{.refused = std::move(*refused), .place = std::move(asked.place)};
    co_return told;
  }
  if (asked.response_type == kCode && form.has("code_challenge_method")) {
    asked.challenge = text_of(form, "code_challenge");
  }
  co_return asked;
}

}  // namespace bbgrant::authorization

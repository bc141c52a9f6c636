// SPDX-License-Identifier: MIT
#include "authorization/token_endpoint.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>

#include "authorization/answers.hpp"
#include "authorization/client_authentication.hpp"
#include "authorization/password_check.hpp"

namespace bbgrant::authorization {
namespace {

constexpr std::size_t kLongestValue = 4096;

// S1: what must never stand in a URL, since URLs end in logs.
constexpr std::array<std::string_view, 6> kSecretNames{
    "username", "password", "client_secret", "refresh_token", "code", "code_verifier"};

// S65: extensions that protect when they are honoured; ignoring them would drop the protection.
constexpr std::array<std::string_view, 3> kHalfHonoured{"request", "request_uri", "response_mode"};

std::size_t longest_value_of(std::string_view name) {
  if (name == "username") return kLongestUsername;
  if (name == "password") return kLongestPassword;
  // The scope has a limit and an answer of its own (S12).
  return kLongestValue;
}

std::optional<Refused> judge_query(const http::Form& query, std::string_view also_secret) {
  for (const auto& name : kSecretNames) {
    if (query.has(name)) return Refused{Refusal::kSecretInQuery, std::string{name}};
  }
  if (!also_secret.empty() && query.has(also_secret)) {
    return Refused{Refusal::kSecretInQuery, std::string{also_secret}};
  }
  return std::nullopt;
}

std::optional<Refused> judge_parameters(const http::Form& query, const http::Form& form) {
  for (const auto& [name, value] : form) {
    if (value.size() > longest_value_of(name)) {
      return Refused{Refusal::kOversizedParameter, name};
    }
  }
  if (const auto name = form.repeated()) {
    return Refused{Refusal::kRepeatedParameter, std::string{*name}};
  }
  for (const auto& [name, value] : query) {  // S4: once in the URL and once in the body
    if (form.has(name)) return Refused{Refusal::kRepeatedParameter, name};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refused> judge_extensions(const http::Form& form, const std::string& origin,
                                        std::string_view usual_mode) {
  for (const auto& name : kHalfHonoured) {
    const auto value = form.get(name).value_or("");
    if (!value.empty() && !(name == "response_mode" && value == usual_mode)) {
      return Refused{Refusal::kUnsupportedParameter, std::string{name}};
    }
  }
  // RFC 8707 section 2: a resource that we do not serve must not get a token that works here.
  // URL libraries end an origin with a slash.
  std::string resource{form.get("resource").value_or("")};
  if (resource.ends_with('/')) resource.pop_back();
  if (!resource.empty() && resource != origin && resource != origin + "/2.0") {
    return Refused{Refusal::kInvalidTarget, resource};
  }
  return std::nullopt;
}

// S8: what the consumer's own list says, or the profile's where it has none.
bool may_use(const store::Consumer& consumer, const std::string& grant_type) {
  if (!consumer.grants) return true;
  std::istringstream names{*consumer.grants};
  const std::istream_iterator<std::string> first{names};
  return std::find(first, {}, grant_type) != std::istream_iterator<std::string>{};
}

const Profile& profile_of(const store::Consumer& consumer, const Behaviour& behaviour) {
  const Profile* named = find_profile(consumer.profile);
  return named == nullptr ? *behaviour.profile : *named;
}

std::optional<http::Response> judge_head(const http::Request& request, std::string_view also_secret,
                                         ErrorStyle style) {
  const auto query = http::parse_form(request.query);
  if (const auto* readable = std::get_if<http::Form>(&query)) {
    if (const auto refused = judge_query(*readable, also_secret)) {
      return error_response(*refused, style);
    }
  }
  return std::nullopt;
}

std::variant<http::Form, Refused> read_form(http::Request& request, std::string_view also_secret) {
  auto query = http::parse_form(request.query);
  if (const auto* fault = std::get_if<http::FormFault>(&query)) {
    return Refused{Refusal::kMalformedForm, std::string{http::describe(*fault)}};
  }
  if (auto refused = judge_query(std::get<http::Form>(query), also_secret))
    return std::move(*refused);
  if (!http::is_form(request)) return Refused{Refusal::kUnreadableForm};
  auto form = http::parse_form(request.body);
  request.wipe_body();  // S14
  if (const auto* fault = std::get_if<http::FormFault>(&form)) {
    return Refused{Refusal::kMalformedForm, std::string{http::describe(*fault)}};
  }
  if (auto refused = judge_parameters(std::get<http::Form>(query), std::get<http::Form>(form))) {
    return std::move(*refused);
  }
  return std::get<http::Form>(std::move(form));
}

TokenEndpoint::TokenEndpoint(store::Store& store, std::vector<std::unique_ptr<Grant>> grants,
                             Behaviour behaviour, base::Log& log)
    : store_(store), grants_(std::move(grants)), behaviour_(behaviour), log_(log) {}

boost::asio::awaitable<http::Response> TokenEndpoint::answer(http::Request& request) {
  auto judged = co_await judge(request);
  if (auto* response = std::get_if<http::Response>(&judged)) co_return std::move(*response);
  const auto& refused = std::get<Refused>(judged);
  const ErrorRow& row = error_row(refused.refusal, behaviour_.errors);
  log_.event("token_refused", {{"request", request.id},
                               {"address", request.address_key},
                               {"status", row.status},
                               {"error", row.error}});
  co_return error_response(refused, behaviour_.errors);
}

boost::asio::awaitable<std::variant<http::Response, Refused>> TokenEndpoint::judge(
    http::Request& request) {
  auto read = read_form(request);
  if (auto* refused = std::get_if<Refused>(&read)) co_return std::move(*refused);
  auto& form = std::get<http::Form>(read);

  const std::string grant_type{form.get("grant_type").value_or("")};
  Grant* grant = find_grant(grant_type);
  std::variant<store::Consumer, Refused> authenticated{Refused{Refusal::kNoClientAuthentication}};
  if (grant != nullptr && grant->authenticates_client()) {
    authenticated = co_await grant->authenticate(request.headers, form);
  } else {
    authenticated = co_await authenticate_client(store_, request.headers, form, behaviour_);
  }
  if (auto* refused = std::get_if<Refused>(&authenticated)) co_return std::move(*refused);
  const auto& consumer = std::get<store::Consumer>(authenticated);
  const Profile& profile = profile_of(consumer, behaviour_);

  if (grant_type.empty()) co_return Refused{Refusal::kMissingGrantType};
  const bool known =
      std::ranges::find(profile.grant_types, grant_type) != profile.grant_types.end();
  if (grant == nullptr || !known) co_return Refused{Refusal::kUnsupportedGrantType, grant_type};
  if (!may_use(consumer, grant_type)) co_return Refused{Refusal::kGrantNotAllowed, grant_type};
  if (auto refused = judge_extensions(form, request.origin())) co_return std::move(*refused);

  auto outcome = co_await grant->handle({.consumer = consumer,
                                         .profile = profile,
                                         .errors = behaviour_.errors,
                                         .headers = request.headers,
                                         .form = form,
                                         .address = request.address_key,
                                         .id = request.id});
  if (auto* refused = std::get_if<Refused>(&outcome)) co_return std::move(*refused);
  co_return token_response(std::get<Issued>(outcome), profile, grant_type);
}

Grant* TokenEndpoint::find_grant(std::string_view grant_type) const {
  const auto found =
      std::ranges::find(grants_, grant_type, [](const auto& grant) { return grant->grant_type(); });
  return found == grants_.end() ? nullptr : found->get();
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include "authorization/client_authentication.hpp"

#include <algorithm>
#include <string_view>

#include "authorization/random_token.hpp"

namespace bbgrant::authorization {
namespace {

// Bytes that a key or a secret can have: RFC 6749 appendix A.1 and A.2, VSCHAR.
bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

// "Basic" SP base64( key ":" secret ), both form-encoded inside. RFC 7617, RFC 6749 section 2.3.1.
std::optional<ClientCredentials> parse_basic(std::string_view value) {
  constexpr std::string_view kScheme = "basic";
  const auto blank = value.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const bool is_basic = std::ranges::equal(value.substr(0, blank), kScheme, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b;
  });
  if (!is_basic) return std::nullopt;
  const auto start = std::min(value.find_first_not_of(' ', blank), value.size());
  auto plain = decode_base64(value.substr(start), Base64::kPadded);
  if (!plain) return std::nullopt;
  const Secret whole{std::move(*plain)};
  const auto pair = whole.reveal();
  const auto colon = pair.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto key = http::decode_form_value(pair.substr(0, colon));
  auto secret = http::decode_form_value(pair.substr(colon + 1));
  if (!std::holds_alternative<std::string>(key) || !std::holds_alternative<std::string>(secret)) {
    return std::nullopt;
  }
  ClientCredentials credentials{std::get<std::string>(std::move(key)),
                                Secret{std::get<std::string>(std::move(secret))}};
  if (credentials.key.empty() || !is_visible(credentials.key) ||
      !is_visible(credentials.secret.reveal())) {
    return std::nullopt;
  }
  return credentials;
}

// S6: a public consumer proves with its verifier that it began what it ends (RFC 7636). Bitbucket
// wants a secret of every consumer.
bool may_omit_secret(const http::Form& form, ErrorStyle style) {
  return style == ErrorStyle::kRfc6749 && form.get("grant_type") == "authorization_code" &&
         !form.get("code_verifier").value_or("").empty();
}

}  // namespace

std::variant<ClientCredentials, Refused> read_client_credentials(const http::Headers& headers,
                                                                 http::Form& form,
                                                                 ErrorStyle style) {
  const auto header = headers.all("Authorization");
  const std::string body_key{form.get("client_id").value_or("")};
  Secret body_secret = form.take_secret("client_secret");
  if (header.size() > 1) return Refused{Refusal::kTwoClientAuthentications};
  if (header.empty()) {
    if (body_key.empty()) return Refused{Refusal::kNoClientAuthentication};
    return ClientCredentials{body_key, std::move(body_secret)};
  }
  auto basic = parse_basic(header.front());
  if (!basic) return Refused{Refusal::kWrongClientAuthentication};
  if (!body_key.empty() && body_key != basic->key) {
    return Refused{Refusal::kTwoClientAuthentications};
  }
  if (!body_secret.empty()) {
    const bool agree = same_hash(hash_of(body_secret.reveal()), hash_of(basic->secret.reveal()));
    if (style == ErrorStyle::kRfc6749 || !agree) {
      return Refused{Refusal::kTwoClientAuthentications};
    }
  }
  return std::move(*basic);
}

boost::asio::awaitable<std::variant<store::Consumer, Refused>> authenticate_client(
    store::Store& store, const http::Headers& headers, http::Form& form,
    const Behaviour& behaviour) {
  auto read = read_client_credentials(headers, form, behaviour.errors);
  if (auto* refused = std::get_if<Refused>(&read)) co_return std::move(*refused);
  const auto& credentials = std::get<ClientCredentials>(read);
  const bool secretless = credentials.secret.empty();
  if (secretless && !may_omit_secret(form, behaviour.errors)) {
    co_return Refused{headers.has("Authorization") ? Refusal::kWrongClientAuthentication
                                                   : Refusal::kNoClientAuthentication};
  }
  auto consumer = co_await store.find_consumer(credentials.key);
  const Hash expected = consumer ? consumer->secret_hash : Hash{};
  const bool right = secretless ? consumer && !consumer->is_private
                                : same_hash(hash_of(credentials.secret.reveal()), expected);
  const bool refused_here = consumer && consumer->demo && behaviour.refuse_demo;  // S58
  if (!consumer || !right || refused_here) co_return Refused{Refusal::kWrongClientAuthentication};
  co_return std::move(*consumer);
}

}  // namespace bbgrant::authorization

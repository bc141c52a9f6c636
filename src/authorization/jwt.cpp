// SPDX-License-Identifier: MIT
#include "authorization/jwt.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "authorization/random_token.hpp"

namespace bbgrant::authorization {
namespace {

using nlohmann::json;

json decode_object(std::string_view text) {
  const auto plain = decode_base64(text, Base64::kUrl);
  auto object = plain ? json::parse(*plain, nullptr, false) : json{};
  return object.is_object() ? object : json{};
}

const std::string* text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

// Nothing when it is absent; false when it is there and no number.
bool read_date(const json& claims, const char* name, std::optional<double>& date) {
  const auto found = claims.find(name);
  if (found == claims.end()) return true;
  if (!found->is_number()) return false;
  date = found->get<double>();
  return true;
}

}  // namespace

bool Jwt::is_signed_with(const Secret& key) const {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  store::Hash expected{};
  static_assert(expected.size() == crypto_auth_hmacsha256_BYTES);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key.reveal()), key.size());
  crypto_auth_hmacsha256_update(&state, bytes(signed_part), signed_part.size());
  crypto_auth_hmacsha256_final(&state, expected.data());
  return sodium_memcmp(expected.data(), signature.data(), expected.size()) == 0;
}

// RFC 7515 section 5.2, RFC 7519 section 7.2. Bitbucket's tokens name no audience: `aud` is not
// looked at.
std::variant<Jwt, std::string_view> parse_jwt(std::string_view text) {
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return "it has no three parts";
  const json header = decode_object(text.substr(0, first));
  const json claims = decode_object(text.substr(first + 1, second - first - 1));
  const auto signature = decode_base64(text.substr(second + 1), Base64::kUrl);
  if (header.is_null() || claims.is_null() || !signature) return "it cannot be read";
  const auto* algorithm = text_of(header, "alg");
  if (algorithm == nullptr || *algorithm != "HS256") return "alg must be HS256";
  if (header.contains("crit")) return "crit is not supported";

  Jwt jwt;
  if (signature->size() != jwt.signature.size()) return "the signature does not fit";
  std::copy(signature->begin(), signature->end(), jwt.signature.begin());
  const auto* issuer = text_of(claims, "iss");
  if (issuer == nullptr) return "iss must be the consumer's key";
  const auto* subject = text_of(claims, "sub");
  if (subject == nullptr) return "sub must be the uuid of an account";
  std::optional<double> expires;
  if (!read_date(claims, "exp", expires) || !expires) return "exp must be a time";
  if (!read_date(claims, "iat", jwt.issued)) return "iat must be a time";
  if (!read_date(claims, "nbf", jwt.not_before)) return "nbf must be a time";
  jwt.issuer = *issuer;
  jwt.subject = *subject;
  jwt.expires = *expires;
  jwt.signed_part = text.substr(0, second);
  return jwt;
}

}  // namespace bbgrant::authorization

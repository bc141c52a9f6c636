// SPDX-License-Identifier: MIT
#include "authorization/random_token.hpp"

#include <array>
#include <span>
#include <stdexcept>
#include <vector>

#include <sodium.h>

namespace bbgrant::authorization {
namespace {

std::string encode_base64url(std::span<const unsigned char> bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the ending zero
  return text;
}

}  // namespace

Secret random_token(std::size_t bytes) {
  if (bytes < kTokenBytes) throw std::invalid_argument("a token needs 32 random bytes or more");
  std::vector<unsigned char> random(bytes);
  randombytes_buf(random.data(), random.size());
  std::string text = encode_base64url(random);
  sodium_memzero(random.data(), random.size());
  return Secret{std::move(text)};
}

Hash hash_of(std::string_view bytes) {
  static_assert(std::tuple_size_v<Hash> == crypto_hash_sha256_BYTES);
  Hash hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size());
  return hash;
}

std::string base64url(const Hash& hash) { return encode_base64url(hash); }

std::optional<std::string> decode_base64(std::string_view text, Base64 form) {
  std::string plain(text.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(plain.data()), plain.size(), text.data(),
                        text.size(), nullptr, &length, nullptr,
                        form == Base64::kUrl ? sodium_base64_VARIANT_URLSAFE_NO_PADDING
                                             : sodium_base64_VARIANT_ORIGINAL) != 0) {
    return std::nullopt;
  }
  plain.resize(length);
  return plain;
}

bool same_hash(const Hash& left, const Hash& right) {
  return sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string hash_prefix(const Hash& hash) {
  std::array<char, 9> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), 4);
  return hex.data();
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include "client/crypto.hpp"

#include <array>

#include <bbgrant/error.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "client/form.hpp"
#include "client/inline.hpp"

namespace bbgrant::detail {

inline constexpr std::size_t kDigestBytes = 32;

BBGRANT_INLINE Secret base64url(std::string_view bytes) {
  std::string text{base64(bytes).reveal()};
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return Secret{std::move(text)};
}

BBGRANT_INLINE Secret random_secret() {
  std::string bytes(kDigestBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) !=
      1)
    throw ConfigError("The system gives no random numbers");
  const Secret random{std::move(bytes)};
  return base64url(random.reveal());
}

BBGRANT_INLINE std::string sha256(std::string_view bytes) {
  std::string digest(kDigestBytes, '\0');
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                 nullptr, EVP_sha256(), nullptr) != 1)
    throw ConfigError("libcrypto has no SHA-256");
  return digest;
}

BBGRANT_INLINE Secret hmac_sha256(const Secret& key, std::string_view bytes) {
  std::string digest(kDigestBytes, '\0');
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &size) == nullptr)
    throw ConfigError("libcrypto has no HMAC");
  return Secret{std::move(digest)};
}

BBGRANT_INLINE bool same_secret(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace bbgrant::detail

// SPDX-License-Identifier: MIT
#pragma once

/// A token store in an encrypted file. A component of its own, since it needs libsodium: link
/// bbgrant::encrypted_store, or -lsodium.

#include <string>
#include <utility>

#include <bbgrant/error.hpp>
#include <bbgrant/token_store.hpp>
#include <sodium.h>

namespace bbgrant {

/// 32 random bytes for encrypted_token_store(). Keep them elsewhere than the file: a keyring, the
/// service manager's credentials, a machine's key store.
[[nodiscard]] inline Secret new_token_file_key() {
  if (sodium_init() < 0) throw ConfigError("libsodium cannot be set up");
  std::string key(crypto_secretbox_KEYBYTES, '\0');
  randombytes_buf(key.data(), key.size());
  return Secret{std::move(key)};
}

/// file_token_store(), its content sealed with libsodium's crypto_secretbox (XSalsa20-Poly1305)
/// under a nonce that is drawn anew for each save. The file tells its size and when it was written,
/// no more. load() throws ConfigError for another key or a changed byte, and leaves the file (S44).
/// @param seal_key  32 bytes, kept in memory as long as the store.
/// @throws ConfigError the key has another size.
[[nodiscard]] inline std::shared_ptr<TokenStore> encrypted_token_store(std::filesystem::path file,
                                                                       const Server& server,
                                                                       const ConsumerKey& key,
                                                                       const Secret& seal_key) {
  if (sodium_init() < 0) throw ConfigError("libsodium cannot be set up");
  if (seal_key.size() != crypto_secretbox_KEYBYTES)
    throw ConfigError("The key of an encrypted token file has 32 bytes", {},
                      "Make one with new_token_file_key()");
  static constexpr std::string_view kMark = "bbgrant token 1\n";
  static constexpr std::size_t kHead = kMark.size() + crypto_secretbox_NONCEBYTES;
  const auto bytes = [](const auto& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const auto shared_key = std::make_shared<const Secret>(seal_key.copy());
  TokenSeal seal;
  seal.close = [shared_key, bytes](std::string_view text) {
    std::string sealed(kHead + crypto_secretbox_MACBYTES + text.size(), '\0');
    auto* out = reinterpret_cast<unsigned char*>(sealed.data());
    kMark.copy(sealed.data(), kMark.size());
    randombytes_buf(out + kMark.size(), crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(out + kHead, bytes(text), text.size(), out + kMark.size(),
                          bytes(shared_key->reveal()));
    return Secret{std::move(sealed)};
  };
  seal.open = [shared_key, bytes](std::string_view sealed) -> std::optional<Secret> {
    if (!sealed.starts_with(kMark) || sealed.size() < kHead + crypto_secretbox_MACBYTES)
      return std::nullopt;
    std::string text(sealed.size() - kHead - crypto_secretbox_MACBYTES, '\0');
    const auto* in = bytes(sealed);
    if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(text.data()), in + kHead,
                                   sealed.size() - kHead, in + kMark.size(),
                                   bytes(shared_key->reveal())) != 0)
      return std::nullopt;
    return Secret{std::move(text)};
  };
  return file_token_store(std::move(file), server, key, std::move(seal));
}

}  // namespace bbgrant

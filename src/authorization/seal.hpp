// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "bbgrant/secret.hpp"
#include "store/types.hpp"

namespace bbgrant::authorization {

/// Seals the few secrets that must be readable again (a consumer's secret for "show again"), with
/// a key that is kept outside the database (S7). libsodium's secretbox: XSalsa20-Poly1305, a random
/// nonce in front of each box. Thread-safe: nothing changes after construction.
class Sealer {
 public:
  /// A key that lives in memory only, for stores that do too.
  [[nodiscard]] static Sealer with_new_key();

  /// 16 bytes in hex that tell this key from others and help nobody to find it: kept in the store,
  /// so that a wrong key file is noticed at the start (S7).
  [[nodiscard]] std::string fingerprint() const;

  /// Reads the key file; where there is none and `may_create`, makes one with mode 0600.
  /// @throws base::StartError when it is missing, unreadable, readable by others, a link, or not
  ///         64 hex digits.
  [[nodiscard]] static Sealer from_file(const std::filesystem::path& path, bool may_create);

  /// A key that only who holds this token can make again; the token's hash does not help (S27).
  /// @param token  256 random bits or more.
  [[nodiscard]] static Sealer with_key_of(const Secret& token);

  [[nodiscard]] store::Sealed seal(const Secret& secret) const;

  /// The secret, or nothing when the box was made with another key or was changed.
  [[nodiscard]] std::optional<Secret> open(const store::Sealed& box) const;

 private:
  explicit Sealer(Secret key) : key_(std::move(key)) {}

  Secret key_;  // crypto_secretbox_KEYBYTES bytes
};

}  // namespace bbgrant::authorization

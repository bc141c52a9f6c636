// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "store/error.hpp"
#include "store/types.hpp"

namespace bbgrant::store {

class Database;

/// A registered client, in Bitbucket's word.
struct Consumer {
  std::string key;
  Hash secret_hash{};
  Sealed secret_sealed;
  /// Grows with each new secret: tokens of an older version are dead (S31).
  std::int64_t secret_version = 1;
  std::string name;
  std::string description = {};
  std::string url = {};
  std::string callback_url = {};
  bool is_private = true;
  std::string permissions;     ///< scopes with one blank between them
  std::string workspace_uuid;  ///< whose it is; the workspace must be there
  /// As whom it acts with client credentials; nothing once that account was removed.
  std::optional<AccountId> owner = {};
  std::string profile;                     ///< opaque here
  std::optional<std::string> grants = {};  ///< with one blank between them; nothing: the profile's
  std::optional<bool> rotation = {};       ///< of refresh tokens; nothing: the profile's
  bool require_pkce = false;
  std::optional<std::chrono::seconds> access_token_ttl = {};  ///< nothing: the profile's
  bool demo = false;  ///< from the built-in seed, a seed file or the control interface (S61)
  std::chrono::sys_seconds created_on;
};

/// Registered clients. Thread-safe; every function throws StoreError on a fault, and nothing is
/// changed then.
class Consumers {
 public:
  explicit Consumers(Database& database) : database_(database) {}

  [[nodiscard]] boost::asio::awaitable<std::optional<Consumer>> find_consumer(
      std::string_view key) const;
  /// Those of a workspace by name, then key.
  [[nodiscard]] boost::asio::awaitable<std::vector<Consumer>> list_consumers(
      std::string_view workspace_uuid) const;
  /// All consumers by name, then key.
  [[nodiscard]] boost::asio::awaitable<std::vector<Consumer>> list_consumers() const;

  /// @returns false when the key is taken.
  /// @throws StoreError kConstraint when there is no such workspace or owner.
  [[nodiscard]] boost::asio::awaitable<bool> add_consumer(Consumer consumer);

  // These say false when there is no such consumer.

  /// Stores everything but the key, the secret, demo and created_on. Tokens live on.
  /// @param new_secret  stores the secret as well, as renew_secret() does.
  boost::asio::awaitable<bool> update_consumer(Consumer consumer, bool new_secret = false);
  /// Puts a new secret in place; the old one and all its tokens are dead at once (S31).
  boost::asio::awaitable<bool> renew_secret(std::string_view key, Hash secret_hash,
                                            Sealed secret_sealed);
  boost::asio::awaitable<bool> set_callback(std::string_view key, std::string callback_url);
  /// Removes it with its tokens (S31).
  boost::asio::awaitable<bool> remove_consumer(std::string_view key);

 private:
  Database& database_;
};

}  // namespace bbgrant::store

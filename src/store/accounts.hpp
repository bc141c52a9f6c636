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

/// A resource owner.
struct Account {
  AccountId id{};
  std::string uuid;        ///< "{...}"
  std::string account_id;  ///< Atlassian's, "557058:..."
  std::string nickname;    ///< unique; holds no '@', so that it cannot be another's e-mail address
  std::string display_name;
  std::string password_hash;  ///< Argon2id string
  /// Grows when the password changes, two-step verification is switched on or given a new secret,
  /// and when the account is disabled: tokens of an older version are dead (S31).
  std::int64_t password_version = 1;
  bool two_step = false;
  std::optional<Sealed> totp_secret_sealed = {};
  /// Time step of the last code of the second step that was used; each is good once.
  std::int64_t totp_step = 0;
  bool active = true;
  bool demo = false;  ///< from the built-in seed, a seed file or the control interface (S61)
  std::chrono::sys_seconds created_on;
};

struct Email {
  std::string address;
  bool primary = false;
  bool confirmed = false;
};

/// An account to be made; `account.id` and `account.password_version` are the store's to set.
struct NewAccount {
  Account account;
  std::vector<Email> emails = {};
};

/// What to change of an account; unset members stay.
struct AccountChange {
  std::optional<std::string> display_name = {};
  std::optional<std::string> password_hash = {};
  std::optional<bool> two_step = {};
  std::optional<Sealed> totp_secret = {};  ///< goes when two-step verification is switched off
  std::optional<bool> active = {};
  std::optional<std::string> email = {};  ///< the primary address; it becomes a confirmed one
};

/// Resource owners and their e-mail addresses. Thread-safe; every function throws StoreError on a
/// fault, and nothing is changed then.
class Accounts {
 public:
  explicit Accounts(Database& database) : database_(database) {}

  /// @param login  a nickname or a confirmed e-mail address, byte for byte.
  [[nodiscard]] boost::asio::awaitable<std::optional<Account>> find_account_by_login(
      std::string_view login) const;
  [[nodiscard]] boost::asio::awaitable<std::optional<Account>> find_account(AccountId id) const;
  /// @param uuid  with its braces.
  [[nodiscard]] boost::asio::awaitable<std::optional<Account>> find_account_by_uuid(
      std::string_view uuid) const;
  /// All accounts by nickname.
  [[nodiscard]] boost::asio::awaitable<Page<Account>> list_accounts(PageRequest request) const;
  /// The primary address first, then by address.
  [[nodiscard]] boost::asio::awaitable<std::vector<Email>> emails_of(AccountId account) const;

  /// @returns nothing when nickname, uuid, account id or a confirmed address is taken.
  [[nodiscard]] boost::asio::awaitable<std::optional<AccountId>> add_account(NewAccount account);

  // These say false when there is no such account. Its tokens are dead before they return where
  // S31 wants it.

  /// Kills its tokens.
  boost::asio::awaitable<bool> set_password(AccountId account, std::string password_hash);
  /// Puts a stronger hash of the same password in place (S70); tokens live on.
  /// @returns false when `old_hash` is no longer the account's; nothing is changed then.
  boost::asio::awaitable<bool> update_password_hash(AccountId account, std::string old_hash,
                                                    std::string new_hash);
  /// On with a sealed TOTP secret, off with nothing. On kills its tokens, off does not.
  boost::asio::awaitable<bool> set_two_step(AccountId account, std::optional<Sealed> totp_secret);
  /// Disabling kills its tokens; they stay dead when it is enabled again.
  boost::asio::awaitable<bool> set_active(AccountId account, bool active);
  /// Several of these in one transaction, with the effect on its tokens that each has by itself.
  /// @throws StoreError kConflict when the address is another's.
  boost::asio::awaitable<bool> change_account(AccountId account, AccountChange change);
  /// Removes it with its addresses, memberships and tokens. Consumers that it owned stay,
  /// ownerless.
  boost::asio::awaitable<bool> remove_account(AccountId account);

 private:
  Database& database_;
};

}  // namespace bbgrant::store

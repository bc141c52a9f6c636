// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "store/error.hpp"
#include "store/types.hpp"

namespace bbgrant::store {

class Database;

/// What a grant issues. Access and refresh tokens that come from one authorization are a family:
/// they die together.
struct NewTokens {
  std::string consumer_key;
  /// `Consumer::secret_version` as it was when the client was authenticated.
  std::int64_t secret_version = 0;
  /// Nothing: the token acts as the consumer itself.
  std::optional<AccountId> account = {};
  /// `Account::password_version` as it was when the resource owner was checked.
  std::int64_t password_version = 0;
  std::string scopes;  ///< as granted, with one blank between them
  std::string grant;   ///< the grant's name, for the record
  std::chrono::sys_seconds issued_on;
  Hash access_hash{};
  std::chrono::sys_seconds access_expires;
  std::optional<Hash> refresh_hash = {};
  std::optional<std::chrono::sys_seconds> refresh_expires = {};  ///< nothing: it does not end
};

enum class Issue {
  kIssued,
  kAccountChanged,  ///< removed, disabled, or its password or two-step changed since it was checked
  kConsumerChanged,  ///< removed, or its secret renewed since it was checked
};

/// The account that a token acts for, as much of it as bearer requests and their log need.
struct TokenAccount {
  AccountId id{};
  std::string uuid;
  std::string nickname;
};

struct AccessToken {
  std::string scopes;
  std::chrono::sys_seconds issued_on;
  std::chrono::sys_seconds expires_at;
  /// Revoked, or dead by one of the causes of S31. Whether it has expired is the caller's to say.
  bool revoked = false;
  std::optional<TokenAccount> account;  ///< nothing: it acts as the consumer
  std::string consumer_key;
  std::string profile;  ///< the consumer's
};

struct RefreshToken {
  std::string scopes;
  std::chrono::sys_seconds issued_on;
  std::optional<std::chrono::sys_seconds> expires_at;
  /// Revoked or spent, or dead by one of the causes of S31.
  bool revoked = false;
  std::string grant;  ///< which began the family
  std::optional<TokenAccount> account;
};

/// A new access token on the strength of a refresh token, which stays as it is.
struct RefreshedToken {
  Hash refresh_hash{};
  std::string consumer_key;
  std::int64_t secret_version = 0;  ///< as in NewTokens
  std::chrono::sys_seconds now;
  Hash access_hash{};
  std::chrono::sys_seconds access_expires;
  /// Of the access token; the caller has held them against the refresh token's.
  std::string scopes;
  std::optional<std::chrono::sys_seconds> refresh_expires = {};  ///< nothing: it stays as it is
};

/// The same, and a successor takes the refresh token's place (S27).
struct RotatedToken {
  RefreshedToken refreshed;  ///< its refresh_expires is the successor's
  Hash successor_hash{};
  Sealed successor_sealed;  ///< to be given again, until
  std::chrono::sys_seconds retry_until;
};

enum class Refresh {
  kIssued,
  kUnknown,
  kOtherConsumer,  ///< S26: nothing changes
  kDead,           ///< expired, spent, revoked, or dead by one of the causes of S31
  kReused,         ///< S27: spent and too late to retry; its whole family is dead now
};

struct Rotation {
  Refresh outcome = Refresh::kUnknown;
  /// Of a retry: the successor that the first use was given. RotatedToken's own was not stored
  /// then.
  std::optional<Sealed> earlier_successor = {};
};

enum class Revocation {
  kRevoked,
  kUnknown,
  kOtherConsumer,  ///< S30: nothing changes
};

/// Tokens, known by their hashes. Thread-safe; every function throws StoreError on a fault, and
/// nothing is changed then. What a function has said is durable, and seen by every later call.
class Tokens {
 public:
  explicit Tokens(Database& database) : database_(database) {}

  /// Stores a family's first tokens if account and consumer still are what they were when they were
  /// checked; one transaction decides (S31).
  [[nodiscard]] boost::asio::awaitable<Issue> issue_tokens(NewTokens tokens);

  /// One indexed read.
  [[nodiscard]] boost::asio::awaitable<std::optional<AccessToken>> find_access_token(
      Hash hash) const;

  /// Nothing for an unknown token and for another consumer's (S26).
  [[nodiscard]] boost::asio::awaitable<std::optional<RefreshToken>> find_refresh_token(
      Hash hash, std::string_view consumer_key) const;

  /// RFC 6749 section 6, without rotation. One transaction decides.
  [[nodiscard]] boost::asio::awaitable<Refresh> issue_from_refresh(RefreshedToken token);

  /// RFC 6749 section 6 with rotation, RFC 9700 section 4.14.2. One transaction decides: of many at
  /// once one spends the token, the others retry. Too late a reuse kills the family (S27).
  [[nodiscard]] boost::asio::awaitable<Rotation> rotate_refresh_token(RotatedToken token);

  /// Erases the sealed successors that are not to be given again.
  boost::asio::awaitable<std::size_t> erase_successors(std::chrono::sys_seconds now);

  /// RFC 7009. A refresh token takes its whole family with it, an access token only itself.
  [[nodiscard]] boost::asio::awaitable<Revocation> revoke_token(Hash hash,
                                                                std::string_view consumer_key);

  // For the control interface; false for an unknown token.

  /// The same, whoever asks.
  boost::asio::awaitable<bool> revoke_token(Hash hash);
  /// Lets an access or a refresh token end at that time.
  boost::asio::awaitable<bool> expire_token(Hash hash, std::chrono::sys_seconds at);

  /// Removes tokens that had expired by `before` and families that are dead, at most `limit` of
  /// each. A token that is gone is unknown: to be able to say "expired" for a day, pass yesterday.
  /// @returns how many rows were removed; 0 does not mean that nothing is left, since families are
  ///          looked at in turns.
  boost::asio::awaitable<std::size_t> prune_expired(std::chrono::sys_seconds before,
                                                    std::size_t limit);

 private:
  Database& database_;
  /// Where the next turn of prune_expired() begins. Used by jobs that outlive their caller.
  std::shared_ptr<std::int64_t> next_family_ = std::make_shared<std::int64_t>(0);
};

}  // namespace bbgrant::store

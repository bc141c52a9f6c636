// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "authorization/behaviour.hpp"
#include "authorization/error_table.hpp"
#include "authorization/password_hasher.hpp"
#include "authorization/seal.hpp"
#include "authorization/throttle.hpp"
#include "base/log.hpp"
#include "bbgrant/secret.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// Longest user name and password, in bytes (S15, S69). Shorter than one byte is missing.
inline constexpr std::size_t kLongestUsername = 256;
inline constexpr std::size_t kLongestPassword = 1024;

/// The one check of a name and a password, with the one throttle and the one two-step rule, for
/// every door: token endpoint, sign-in page, git over HTTP (S68). Thread-safe.
class PasswordCheck {
 public:
  struct Attempt {
    std::string username;  ///< nickname or confirmed e-mail address
    Secret password;       ///< taken byte for byte (S69)
    std::string address;   ///< as limits count it
    std::string id;        ///< the request's, for the log
    std::string consumer;  ///< its key, for the log
    /// The door has a second step: a two-step account may pass, and its counters rest until
    /// check_code() has passed too.
    bool second_step_follows = false;
  };

  /// A code of the second step.
  struct CodeAttempt {
    const store::Account& account;
    std::string_view code;
    std::string_view address;
    std::string_view id;
    std::chrono::sys_seconds now;
  };

  PasswordCheck(store::Store& store, PasswordHasher& hasher, Throttle& throttle,
                const Sealer& sealer, const Behaviour& behaviour, base::Log& log);

  /// The account, if name and password are right, it is active, and one step is enough for it.
  /// Unknown user, wrong password, disabled user and two-step user get the same refusal in the same
  /// time: a hash is always computed and two-step is looked at after it (S9). The reason goes to
  /// the log only.
  /// @throws store::StoreError
  [[nodiscard]] boost::asio::awaitable<std::variant<store::Account, Refused>> check(
      Attempt attempt);

  /// Whether the code is right for the account, whose password was right before: six digits by
  /// RFC 6238, one step of 30 s either way, each good once. Wrong ones count as wrong passwords.
  /// @returns nothing when it is right.
  /// @throws store::StoreError
  [[nodiscard]] boost::asio::awaitable<std::optional<Refused>> check_code(CodeAttempt attempt);

  /// The code that would be right now and was not used, for a demo account's page; else empty.
  [[nodiscard]] std::string code_to_show(const store::Account& account,
                                         std::chrono::sys_seconds now) const;

 private:
  [[nodiscard]] Secret totp_secret_of(const store::Account& account) const;

  store::Store& store_;
  PasswordHasher& hasher_;
  Throttle& throttle_;
  const Sealer& sealer_;
  bool refuse_demo_;
  base::Log& log_;
};

}  // namespace bbgrant::authorization

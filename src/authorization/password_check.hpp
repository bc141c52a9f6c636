// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "authorization/behaviour.hpp"
#include "authorization/error_table.hpp"
#include "authorization/password_hasher.hpp"
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
  };

  PasswordCheck(store::Store& store, PasswordHasher& hasher, Throttle& throttle,
                const Behaviour& behaviour, base::Log& log);

  /// The account, if name and password are right, it is active, and one step is enough for it.
  /// Unknown user, wrong password, disabled user and two-step user get the same refusal in the same
  /// time: a hash is always computed and two-step is looked at after it (S9). The reason goes to
  /// the log only.
  /// @throws store::StoreError
  [[nodiscard]] boost::asio::awaitable<std::variant<store::Account, Refused>> check(
      Attempt attempt);

 private:
  store::Store& store_;
  PasswordHasher& hasher_;
  Throttle& throttle_;
  bool refuse_demo_;
  base::Log& log_;
};

}  // namespace bbgrant::authorization

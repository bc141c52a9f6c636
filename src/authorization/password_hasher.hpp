// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/executor.hpp"
#include "bbgrant/secret.hpp"

namespace bbgrant::authorization {

/// Cost of one Argon2id hash.
struct PasswordCost {
  unsigned long long operations;
  std::size_t memory;  ///< bytes

  /// OWASP's m=19 MiB, t=2, p=1 (S70).
  [[nodiscard]] static PasswordCost standard();
  /// The least that libsodium takes. For test suites only.
  [[nodiscard]] static PasswordCost minimal();
};

/// Argon2id (libsodium) off the event loop, behind a bounded queue: its memory is workers times the
/// cost, whatever comes in (S56). Thread-safe.
class PasswordHasher {
 public:
  struct Checked {
    bool right = false;
    /// A new string with today's cost, where the stored one was weaker (S70).
    std::optional<std::string> stronger;
  };

  /// @param clock  judges the deadline of a waiting hash; outlives this.
  PasswordHasher(PasswordCost cost, const base::Clock& clock);

  /// Compares a password with an Argon2id string. Without one, a string of the same cost that no
  /// password opens is used, so that an unknown user takes as long as a known one (S9).
  /// @param address  whose job it is: one address cannot fill the queue.
  [[nodiscard]] boost::asio::awaitable<std::variant<Checked, base::Rejected>> check(
      std::optional<std::string> stored, Secret password, std::string address);

  /// Hashes a new password on the calling thread.
  [[nodiscard]] std::string hash(const Secret& password) const;

  /// How many hashes were computed by check(): the test of S9 counts them.
  [[nodiscard]] std::size_t computed() const noexcept { return computed_; }

 private:
  [[nodiscard]] Checked compare(const std::string& stored, const Secret& password) const;

  PasswordCost cost_;
  const base::Clock& clock_;
  std::string dummy_;
  mutable std::atomic<std::size_t> computed_{0};
  base::Executor executor_;
};

}  // namespace bbgrant::authorization

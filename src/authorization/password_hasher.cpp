// SPDX-License-Identifier: MIT
#include "authorization/password_hasher.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <new>
#include <thread>

#include <sodium.h>

#include "authorization/random_token.hpp"

namespace bbgrant::authorization {
namespace {

constexpr std::chrono::seconds kLongestWait{5};
constexpr std::size_t kLongestQueue = 256;
constexpr std::size_t kMostOfOneAddress = 128;

base::ExecutorOptions executor_options() {
  return {.name = "hash",
          .threads = std::max(1U, std::thread::hardware_concurrency()),
          .max_queue = kLongestQueue,
          .max_per_key = kMostOfOneAddress};
}

}  // namespace

PasswordCost PasswordCost::standard() { return {2, std::size_t{19} * 1024 * 1024}; }

PasswordCost PasswordCost::minimal() {
  return {crypto_pwhash_argon2id_OPSLIMIT_MIN, crypto_pwhash_argon2id_MEMLIMIT_MIN};
}

PasswordHasher::PasswordHasher(PasswordCost cost, const base::Clock& clock)
    : cost_(cost),
      clock_(clock),
      dummy_(hash(random_token())),
      executor_(executor_options(), clock) {}

boost::asio::awaitable<std::variant<PasswordHasher::Checked, base::Rejected>> PasswordHasher::check(
    std::optional<std::string> stored, Secret password, std::string address) {
  // Shared, since the job outlives a caller that is cancelled; wiped with the last owner (S14).
  const auto kept = std::make_shared<const Secret>(std::move(password));
  auto job = [this, stored = std::move(stored), kept] {
    Checked checked = compare(stored.value_or(dummy_), *kept);
    checked.right = checked.right && stored.has_value();
    return checked;
  };
  base::JobOptions options;
  options.fair_key = std::move(address);
  options.deadline = clock_.monotonic() + kLongestWait;
  co_return co_await executor_.run(job, std::move(options));
}

PasswordHasher::Checked PasswordHasher::compare(const std::string& stored,
                                                const Secret& password) const {
  ++computed_;
  const auto bytes = password.reveal();
  Checked checked;
  checked.right =
      crypto_pwhash_argon2id_str_verify(stored.c_str(), bytes.data(), bytes.size()) == 0;
  // libsodium answers 1 for any other cost, a higher one too: never exchange that for the minimal.
  const bool may_renew = cost_.memory > PasswordCost::minimal().memory;
  if (checked.right && may_renew &&
      crypto_pwhash_argon2id_str_needs_rehash(stored.c_str(), cost_.operations, cost_.memory) ==
          1) {
    checked.stronger = hash(password);
  }
  return checked;
}

std::string PasswordHasher::hash(const Secret& password) const {
  std::array<char, crypto_pwhash_argon2id_STRBYTES> text{};
  const auto bytes = password.reveal();
  if (crypto_pwhash_argon2id_str(text.data(), bytes.data(), bytes.size(), cost_.operations,
                                 cost_.memory) != 0) {
    throw std::bad_alloc();
  }
  return text.data();
}

}  // namespace bbgrant::authorization

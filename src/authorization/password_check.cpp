// SPDX-License-Identifier: MIT
#include "authorization/password_check.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "authorization/totp.hpp"

namespace bbgrant::authorization {
namespace {

// Why not, for the log alone; empty when the account may pass.
std::string_view reason_against(const std::optional<store::Account>& account, bool right,
                                bool refuse_demo, bool second_step_follows) {
  if (!account) return "unknown_user";
  if (!right) return "wrong_password";
  if (!account->active) return "disabled";
  if (account->two_step && !second_step_follows) return "two_step";
  if (account->demo && refuse_demo) return "demo_account";  // S58
  return {};
}

}  // namespace

PasswordCheck::PasswordCheck(store::Store& store, PasswordHasher& hasher, Throttle& throttle,
                             const Sealer& sealer, const Behaviour& behaviour, base::Log& log)
    : store_(store),
      hasher_(hasher),
      throttle_(throttle),
      sealer_(sealer),
      refuse_demo_(behaviour.refuse_demo),
      log_(log) {}

boost::asio::awaitable<std::variant<store::Account, Refused>> PasswordCheck::check(
    Attempt attempt) {
  // S10: before the hash, and the right password is refused alike.
  if (const auto wait = throttle_.wait(attempt.username, attempt.address)) {
    log_.event("sign_in_throttled", {{"request", attempt.id},
                                     {"consumer", attempt.consumer},
                                     {"address", attempt.address},
                                     {"retry_after", wait->count()}});
    co_return Refused{Refusal::kThrottled, {}, static_cast<unsigned>(wait->count())};
  }
  auto account = co_await store_.find_account_by_login(attempt.username);
  std::optional<std::string> stored;
  if (account) stored = account->password_hash;
  auto checked =
      co_await hasher_.check(std::move(stored), std::move(attempt.password), attempt.address);
  if (const auto* rejected = std::get_if<base::Rejected>(&checked)) {
    log_.warning("sign_in_not_heard", {{"request", attempt.id},
                                       {"address", attempt.address},
                                       {"reason", base::name_of(*rejected)}});
    co_return Refused{Refusal::kBusy, {}, 1};
  }
  auto& result = std::get<PasswordHasher::Checked>(checked);
  if (const auto reason =
          reason_against(account, result.right, refuse_demo_, attempt.second_step_follows);
      !reason.empty()) {
    throttle_.failed(attempt.username, attempt.address);
    // A name that no account has is not logged: people type passwords into name fields.
    log_.event("sign_in_refused", {{"request", attempt.id},
                                   {"user", account ? account->nickname : std::string{}},
                                   {"consumer", attempt.consumer},
                                   {"address", attempt.address},
                                   {"reason", reason}});
    co_return Refused{Refusal::kWrongPassword};
  }
  if (!account->two_step) throttle_.succeeded(attempt.username, attempt.address);
  if (result.stronger) {  // S70
    co_await store_.update_password_hash(account->id, account->password_hash, *result.stronger);
  }
  log_.event(account->two_step ? "sign_in_first_step" : "sign_in", {{"request", attempt.id},
                                                                    {"user", account->nickname},
                                                                    {"consumer", attempt.consumer},
                                                                    {"address", attempt.address}});
  co_return std::move(*account);
}

boost::asio::awaitable<std::optional<Refused>> PasswordCheck::check_code(CodeAttempt attempt) {
  const auto& account = attempt.account;
  if (const auto wait = throttle_.wait(account.nickname, attempt.address)) {  // S10, S68
    co_return Refused{Refusal::kThrottled, {}, static_cast<unsigned>(wait->count())};
  }
  const auto step = find_totp_step(totp_secret_of(account), attempt.code, attempt.now);
  const bool right = step && co_await store_.use_totp_step(account.id, *step);
  log_.event(right ? "sign_in" : "sign_in_refused", {{"request", attempt.id},
                                                     {"user", account.nickname},
                                                     {"address", attempt.address},
                                                     {"reason", right ? "" : "wrong_code"}});
  if (!right) {
    throttle_.failed(account.nickname, attempt.address);
    co_return Refused{Refusal::kWrongPassword};
  }
  throttle_.succeeded(account.nickname, attempt.address);
  co_return std::nullopt;
}

std::string PasswordCheck::code_to_show(const store::Account& account,
                                        std::chrono::sys_seconds now) const {
  if (!account.demo) return {};
  const auto step = std::max(totp_step_at(now), account.totp_step + 1);
  return step > totp_step_at(now) + 1 ? std::string{} : totp_code(totp_secret_of(account), step);
}

Secret PasswordCheck::totp_secret_of(const store::Account& account) const {
  if (!account.totp_secret_sealed) return {};
  auto secret = sealer_.open(*account.totp_secret_sealed);
  return secret ? std::move(*secret) : Secret{};
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include "sandbox/records.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "sandbox/administration.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kShortestTotpSecret = 16;
std::string checked_email(base::Fields& fields, const std::string& text) {
  const auto at = text.find('@');
  if (at == 0 || at == std::string::npos || at + 1 == text.size() || text.size() > 254 ||
      text.find(' ') != std::string::npos) {
    fields.refuse("email", "expected an address such as name@example.com");
  }
  return text;
}

std::optional<store::Sealed> totp_secret(base::Fields& fields, const Workshop& workshop) {
  auto text = fields.text("totp_secret");
  if (!text) return std::nullopt;
  const bool base32 = std::ranges::all_of(
      *text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
  if (!base32 || text->size() < kShortestTotpSecret) {
    fields.refuse("totp_secret",
                  "expected 16 or more characters of Base32, such as A to Z, 2 to 7");
  }
  return workshop.sealer.seal(Secret{std::move(*text)});
}

}  // namespace

store::NewAccount new_account(base::Fields& fields, const Workshop& workshop) {
  store::NewAccount made;
  auto& account = made.account;
  account.nickname = fields.required_name("nickname");
  account.display_name = fields.text("display_name").value_or(account.nickname);
  const auto email = fields.text("email").value_or(account.nickname + "@example.com");
  made.emails = {{checked_email(fields, email), true, true}};
  account.totp_secret_sealed = totp_secret(fields, workshop);
  account.two_step = fields.flag("two_step").value_or(account.totp_secret_sealed.has_value());
  if (account.two_step && !account.totp_secret_sealed) {
    account.totp_secret_sealed = workshop.sealer.seal(new_totp_secret());
  }
  if (!account.two_step) account.totp_secret_sealed.reset();
  account.active = fields.flag("active").value_or(true);
  account.uuid = chosen_uuid(fields);
  account.account_id = "557058:" + account.uuid.substr(1, account.uuid.size() - 2);
  account.demo = workshop.demo;
  account.created_on = workshop.clock.now();
  const auto password = fields.secret("password");
  if (!password) fields.refuse("password", "is required");
  account.password_hash = workshop.hasher.hash(*password);
  return made;
}

store::AccountChange account_change(base::Fields& fields, const Workshop& workshop) {
  store::AccountChange change;
  change.display_name = fields.text("display_name");
  if (auto email = fields.text("email")) change.email = checked_email(fields, *email);
  change.totp_secret = totp_secret(fields, workshop);
  change.two_step = fields.flag("two_step");
  if (change.totp_secret && !change.two_step) change.two_step = true;
  change.active = fields.flag("active");
  if (const auto password = fields.secret("password")) {
    change.password_hash = workshop.hasher.hash(*password);
  }
  return change;
}

std::string new_uuid() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);  // RFC 9562 section 5.4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::array<char, 33> hex{};
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  const std::string_view text{hex.data(), 32};
  return fmt::format("{{{}-{}-{}-{}-{}}}", text.substr(0, 8), text.substr(8, 4), text.substr(12, 4),
                     text.substr(16, 4), text.substr(20));
}

std::string chosen_uuid(base::Fields& fields) {
  auto text = fields.text("uuid");
  if (!text) return new_uuid();
  if (text->size() != 38 || text->front() != '{' || text->back() != '}') {
    fields.refuse("uuid", "expected a UUID in braces");
  }
  return std::move(*text);
}

ordered_json describe(const store::Account& account, const std::vector<store::Email>& emails) {
  const bool has_email = !emails.empty() && emails.front().primary;
  return {{"nickname", account.nickname},
          {"display_name", account.display_name},
          {"email", has_email ? ordered_json(emails.front().address) : ordered_json()},
          {"two_step", account.two_step},
          {"active", account.active},
          {"uuid", account.uuid},
          {"account_id", account.account_id},
          {"created_on", base::format_time(account.created_on)}};
}

}  // namespace bbgrant::sandbox

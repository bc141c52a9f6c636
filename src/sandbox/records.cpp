// SPDX-License-Identifier: MIT
#include "sandbox/records.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/chrono.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "authorization/profile.hpp"
#include "authorization/random_token.hpp"
#include "authorization/redirect_uri.hpp"
#include "authorization/scopes.hpp"
#include "sandbox/administration.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kKeyLength = 18;  // as Bitbucket's
constexpr std::size_t kShortestTotpSecret = 16;
constexpr std::int64_t kLongestLife = 10L * 366 * 24 * 3600;
// Allowed like the token endpoint's grants, though it is the authorization endpoint's.
constexpr std::string_view kImplicit = "implicit";

bool is_name(std::string_view text, std::string_view more) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [more](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  });
}

std::string checked_email(Fields& fields, const std::string& text) {
  const auto at = text.find('@');
  if (at == 0 || at == std::string::npos || at + 1 == text.size() || text.size() > 254 ||
      text.find(' ') != std::string::npos) {
    fields.refuse("email", "expected an address such as name@example.com");
  }
  return text;
}

std::optional<store::Sealed> totp_secret(Fields& fields, const Workshop& workshop) {
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

std::string checked_url(Fields& fields, const char* name) {
  const auto text = fields.text(name).value_or("");
  if (text.empty()) return text;
  const auto url = boost::urls::parse_uri(text);
  const bool good = url && !url->has_fragment() && !url->has_userinfo() &&
                    (url->has_authority() || url->scheme().find('.') != std::string_view::npos);
  if (!good) {
    fields.refuse(name, "expected an absolute URL without fragment, user name and password");
  }
  return text;
}

// S17. Whether plain http elsewhere is taken is a matter of --errors, which a stored record
// outlives.
std::string checked_callback(Fields& fields) {
  auto text = fields.text("callback_url").value_or("");
  if (text.empty()) return text;
  const auto fault = authorization::fault_of_callback(text, authorization::ErrorStyle::kBitbucket);
  if (fault) fields.refuse("callback_url", "expected another one. " + *fault);
  return text;
}

template <class Known>
std::string checked_words(Fields& fields, const char* name, const Known& known) {
  authorization::ScopeSet words;
  auto given = fields.words(name);
  for (auto& word : *given) {
    if (!known(word)) fields.refuse(name, "knows no '" + word + "'");
    words.insert(std::move(word));
  }
  return authorization::to_string(words);
}

bool is_grant(std::string_view name) {
  if (name == kImplicit) return true;
  return std::ranges::any_of(authorization::profile_names(), [name](std::string_view profile) {
    const auto& types = authorization::find_profile(profile)->grant_types;
    return std::ranges::find(types, name) != types.end();
  });
}

std::string new_key() {
  std::string key{authorization::random_token().reveal().substr(0, kKeyLength)};
  std::ranges::replace(key, '-', 'x');
  std::ranges::replace(key, '_', 'y');
  return key;
}

ordered_json words_of(const std::string& text) {
  ordered_json list = ordered_json::array();
  for (const auto& word : authorization::parse_scopes(text).names) list.push_back(word);
  return list;
}

template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

}  // namespace

store::NewAccount new_account(Fields& fields, const Workshop& workshop) {
  store::NewAccount made;
  auto& account = made.account;
  account.nickname = fields.required_text("nickname");
  if (!is_name(account.nickname, "._-")) {
    fields.refuse("nickname", "expected 1 to 64 letters, digits, dots, hyphens or underscores");
  }
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

store::AccountChange account_change(Fields& fields, const Workshop& workshop) {
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

NewConsumer new_consumer(Fields& fields, const Workshop& workshop) {
  NewConsumer made{.consumer = {},
                   .secret = {},
                   .workspace = fields.text("workspace").value_or(kDefaultWorkspace)};
  auto& consumer = made.consumer;
  consumer.key = fields.text("key").value_or(new_key());
  if (!is_name(consumer.key, "._-")) {
    fields.refuse("key", "expected 1 to 64 letters, digits, dots, hyphens or underscores");
  }
  auto chosen = chosen_secret(fields);
  made.secret = chosen ? std::move(*chosen) : new_secret();
  consumer.secret_hash = authorization::hash_of(made.secret.reveal());
  consumer.secret_sealed = workshop.sealer.seal(made.secret);
  consumer.name = consumer.key;
  consumer.profile = workshop.profile;
  consumer.permissions = authorization::to_string(authorization::all_scopes());
  consumer.demo = workshop.demo;
  consumer.created_on = workshop.clock.now();
  change_consumer(fields, consumer);
  return made;
}

void change_consumer(Fields& fields, store::Consumer& consumer) {
  if (fields.value("name") != nullptr) consumer.name = fields.required_text("name");
  if (auto text = fields.text("description")) consumer.description = std::move(*text);
  if (fields.has("url")) consumer.url = checked_url(fields, "url");
  if (fields.has("callback_url")) consumer.callback_url = checked_callback(fields);
  consumer.is_private = fields.flag("private").value_or(consumer.is_private);
  if (fields.value("permissions") != nullptr) {
    consumer.permissions = checked_words(fields, "permissions", [](const std::string& scope) {
      return authorization::all_scopes().contains(scope);
    });
  }
  if (auto profile = fields.text("profile")) {
    if (authorization::find_profile(*profile) == nullptr) fields.refuse("profile", "no such one");
    consumer.profile = std::move(*profile);
  }
  if (fields.is_null("grants")) consumer.grants.reset();
  if (fields.value("grants") != nullptr) {
    consumer.grants = checked_words(fields, "grants", is_grant);
  }
  if (fields.has("rotation")) consumer.rotation = fields.flag("rotation");
  consumer.require_pkce = fields.flag("require_pkce").value_or(consumer.require_pkce);
  if (fields.has("access_token_ttl")) {
    consumer.access_token_ttl.reset();
    if (const auto ttl = fields.number("access_token_ttl", 1, kLongestLife)) {
      consumer.access_token_ttl = std::chrono::seconds{*ttl};
    }
  }
}

std::optional<Secret> chosen_secret(Fields& fields) { return fields.secret("secret"); }

Secret new_secret() { return authorization::random_token(); }

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

std::string chosen_uuid(Fields& fields) {
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
          {"created_on", format_time(account.created_on)}};
}

ordered_json describe(const store::Consumer& consumer, const std::string& workspace) {
  std::optional<std::int64_t> ttl;
  if (consumer.access_token_ttl) ttl = consumer.access_token_ttl->count();
  return {{"key", consumer.key},
          {"name", consumer.name},
          {"description", consumer.description},
          {"url", consumer.url},
          {"callback_url", consumer.callback_url},
          {"private", consumer.is_private},
          {"permissions", words_of(consumer.permissions)},
          {"workspace", workspace},
          {"profile", consumer.profile},
          {"grants", consumer.grants ? words_of(*consumer.grants) : ordered_json()},
          {"rotation", or_null(consumer.rotation)},
          {"require_pkce", consumer.require_pkce},
          {"access_token_ttl", or_null(ttl)},
          {"created_on", format_time(consumer.created_on)}};
}

std::string format_time(std::chrono::sys_seconds time) {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace bbgrant::sandbox

// SPDX-License-Identifier: MIT
#include "authorization/consumer_records.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <nlohmann/json.hpp>

#include "authorization/profile.hpp"
#include "authorization/random_token.hpp"
#include "authorization/redirect_uri.hpp"
#include "authorization/scopes.hpp"

namespace bbgrant::authorization {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kKeyLength = 18;  // as Bitbucket's
constexpr std::int64_t kLongestLife = 10L * 366 * 24 * 3600;

std::string checked_url(base::Fields& fields, const char* name) {
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

std::string checked_callback(base::Fields& fields, ErrorStyle errors) {
  auto text = fields.text("callback_url").value_or("");
  const auto fault = text.empty() ? std::nullopt : fault_of_callback(text, errors);  // S17, S76
  if (fault) fields.refuse("callback_url", "expected another one. " + *fault);
  return text;
}

template <class Known>
std::string checked_words(base::Fields& fields, const char* name, const Known& known) {
  ScopeSet words;
  auto given = fields.words(name);
  for (auto& word : *given) {
    if (!known(word)) fields.refuse(name, "knows no '" + word + "'");
    words.insert(std::move(word));
  }
  return to_string(words);
}

bool is_grant(std::string_view name) {
  const auto names = all_grant_names();
  return std::ranges::find(names, name) != names.end();
}

ordered_json words_of(const std::string& text) {
  ordered_json list = ordered_json::array();
  for (const auto& word : parse_scopes(text).names) list.push_back(word);
  return list;
}

template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

}  // namespace

std::vector<std::string_view> all_grant_names() {
  std::vector<std::string_view> names;
  for (const auto profile : profile_names()) {
    for (const auto grant : find_profile(profile)->grant_types) {
      if (std::ranges::find(names, grant) == names.end()) names.push_back(grant);
    }
  }
  // Allowed like the token endpoint's grants, though it is the authorization endpoint's.
  names.emplace_back("implicit");
  return names;
}

std::string new_key() {
  std::string key{random_token().reveal().substr(0, kKeyLength)};
  std::ranges::replace(key, '-', 'x');
  std::ranges::replace(key, '_', 'y');
  return key;
}

std::pair<ConsumerDraft, Secret> new_consumer(base::Fields& fields, const Workshop& workshop) {
  ConsumerDraft draft{.consumer = {},
                      .workspace = fields.text("workspace").value_or(kDefaultWorkspace),
                      .owner = fields.text("owner"),
                      .path = fields.path()};
  auto& consumer = draft.consumer;
  consumer.key = fields.value("key") == nullptr ? new_key() : fields.required_name("key");
  auto secret = chosen_secret(fields);
  if (!secret) secret = random_token();
  put_secret(consumer, *secret, workshop);
  consumer.name = consumer.key;
  consumer.profile = workshop.profile;
  consumer.permissions = to_string(all_scopes());
  consumer.demo = workshop.demo;
  consumer.created_on = workshop.clock.now();
  change_consumer(fields, consumer, workshop);
  return {std::move(draft), std::move(*secret)};
}

void put(store::Seeder& seeder, ConsumerDraft draft) {
  const auto refuse = [&](const char* field, const char* kind, const std::string& name) {
    throw base::DocumentError((draft.path.empty() ? "" : draft.path + ".") + field,
                              std::string{"there is no "} + kind + " '" + name + "'");
  };
  const auto workspace = seeder.find_workspace(draft.workspace);
  if (!workspace) refuse("workspace", "workspace", draft.workspace);
  draft.consumer.workspace_uuid = *workspace;
  draft.consumer.owner =
      draft.owner ? seeder.find_account(*draft.owner) : seeder.owner_of(*workspace);
  if (draft.owner && !draft.consumer.owner) refuse("owner", "user", *draft.owner);
  seeder.add(draft.consumer);
}

void change_consumer(base::Fields& fields, store::Consumer& consumer, const Workshop& workshop) {
  if (fields.value("name") != nullptr) consumer.name = fields.required_text("name");
  if (auto text = fields.text("description")) consumer.description = std::move(*text);
  if (fields.has("url")) consumer.url = checked_url(fields, "url");
  if (fields.has("callback_url")) {
    consumer.callback_url = checked_callback(fields, workshop.errors);
  }
  consumer.is_private = fields.flag("private").value_or(consumer.is_private);
  if (fields.value("permissions") != nullptr) {
    consumer.permissions = checked_words(fields, "permissions", [](const std::string& scope) {
      return all_scopes().contains(scope);
    });
  }
  if (auto profile = fields.text("profile")) {
    if (find_profile(*profile) == nullptr) fields.refuse("profile", "no such one");
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

std::optional<Secret> chosen_secret(base::Fields& fields) { return fields.secret("secret"); }

void put_secret(store::Consumer& consumer, const Secret& secret, const Workshop& workshop) {
  consumer.secret_hash = hash_of(secret.reveal());
  consumer.secret_sealed = workshop.sealer.seal(secret);  // S7
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
          {"created_on", base::format_time(consumer.created_on)}};
}

}  // namespace bbgrant::authorization

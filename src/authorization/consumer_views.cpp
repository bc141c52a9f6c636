// SPDX-License-Identifier: MIT
#include "authorization/consumer_views.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "authorization/consumer_records.hpp"
#include "authorization/profile.hpp"
#include "authorization/scope_words.hpp"
#include "authorization/scopes.hpp"

namespace bbgrant::authorization {
namespace {

using nlohmann::json;
using Row = std::pair<std::string_view, std::string_view>;

// Bitbucket's groups of permissions, in its order, with the scopes that begin so.
constexpr std::array kGroups{
    Row{"Account", "email"},
    Row{"Account", "account"},
    Row{"Workspace membership", "team"},
    Row{"Projects", "project"},
    Row{"Repositories", "repository"},
    Row{"Pull requests", "pullrequest"},
    Row{"Issues", "issue"},
    Row{"Wikis", "wiki"},
    Row{"Snippets", "snippet"},
    Row{"Webhooks", "webhook"},
    Row{"Pipelines", "pipeline"},
    Row{"Runners", "runner"},
};

constexpr std::array kGrantWords{
    Row{"password", "Password"},
    Row{"authorization_code", "Authorization code"},
    Row{"client_credentials", "Client credentials"},
    Row{"refresh_token", "Refresh token"},
    Row{"urn:bitbucket:oauth2:jwt", "Bitbucket's JWT"},
    Row{"implicit", "Implicit"},
};

std::string word_for(std::string_view grant) {
  const auto row = std::ranges::find(kGrantWords, grant, &Row::first);
  return std::string{row == kGrantWords.end() ? grant : row->second};
}

std::string trimmed(std::string_view text) {
  const auto start = std::min(text.find_first_not_of(' '), text.size());
  return std::string{text.substr(start, text.find_last_not_of(' ') + 1 - start)};
}

json values_of(const http::Form& form, std::string_view field) {
  json list = json::array();
  for (const auto& [name, value] : form) {
    if (name == field) list.push_back(value);
  }
  return list;
}

// A number where it is one; other text stays, so that the registry refuses it and the form shows
// it.
json number_of(const std::string& text) {
  if (text.empty()) return nullptr;
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? json(number) : json(text);
}

bool holds(const json& list, std::string_view word) {
  return list.is_array() && std::ranges::find(list, json(word)) != list.end();
}

json permission_groups(const json& ticked) {
  json groups = json::array();
  for (const auto& [title, start] : kGroups) {
    if (groups.empty() || groups.back().at("title") != title) {
      groups.push_back({{"title", title}, {"scopes", json::array()}});
    }
    for (const auto* right : {"", ":write", ":admin", ":delete", ":variable"}) {
      const auto scope = std::string{start} + right;
      if (!all_scopes().contains(scope)) continue;
      groups.back()["scopes"].push_back({{"name", scope},
                                         {"meaning", meaning_of_scope(scope)},
                                         {"ticked", holds(ticked, scope)}});
    }
  }
  return groups;
}

json profile_rows(const json& chosen, std::string_view usual,
                  std::optional<std::chrono::seconds> lifetime) {
  json rows = json::array();
  for (const auto name : profile_names()) {
    const auto& profile = *find_profile(name);
    std::string grants;
    for (const auto grant : profile.grant_types) {
      grants.append(grants.empty() ? "" : ", ").append(word_for(grant));
    }
    rows.push_back({{"name", name},
                    {"chosen", chosen == name},
                    {"usual", usual == name},
                    {"grants", grants},
                    {"rotates", profile.rotates_refresh_tokens},
                    {"lifetime", lifetime.value_or(profile.access_token_ttl).count()}});
  }
  return rows;
}

// "is required" reads on beside a field as "This field is required."
std::string sentence(std::string why) {
  constexpr std::string_view kOther = "expected another one. ";
  if (why.starts_with(kOther)) why.erase(0, kOther.size());
  if (why.starts_with("is ") || why.starts_with("knows ")) why = "This field " + why;
  why.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(why.front())));
  return why.ends_with('.') ? why : why + ".";
}

}  // namespace

json document_of(const http::Form& form) {
  json document;
  for (const auto* name : {"name", "description", "callback_url", "url", "profile"}) {
    document[name] = trimmed(form.get(name).value_or(""));
  }
  document["private"] = form.has("private");
  document["require_pkce"] = form.has("require_pkce");
  document["permissions"] = values_of(form, "permission");
  document["grants"] =
      form.get("grants").value_or("") == "chosen" ? values_of(form, "grant") : json();
  const std::string rotation{form.get("rotation").value_or("")};
  document["rotation"] = rotation;
  if (rotation.empty()) document["rotation"] = nullptr;
  if (rotation == "on" || rotation == "off") document["rotation"] = rotation == "on";
  document["access_token_ttl"] = number_of(trimmed(form.get("access_token_ttl").value_or("")));
  return document;
}

json new_document(std::string_view profile) {
  return {{"name", ""},
          {"description", ""},
          {"callback_url", ""},
          {"url", ""},
          {"private", true},
          {"permissions", json::array()},
          {"profile", profile},
          {"grants", nullptr},
          {"rotation", nullptr},
          {"require_pkce", false},
          {"access_token_ttl", nullptr}};
}

json form_view(const json& document, const base::DocumentError* fault, std::string_view profile,
               std::optional<std::chrono::seconds> lifetime) {
  const auto& rotation = document.at("rotation");
  const auto& grants = document.at("grants");
  json view{{"groups", permission_groups(document.at("permissions"))},
            {"profiles", profile_rows(document.at("profile"), profile, lifetime)},
            {"chosen_grants", grants.is_array()},
            {"rotation_on", rotation == true},
            {"rotation_off", rotation == false},
            {"private", document.at("private")},
            {"require_pkce", document.at("require_pkce")},
            {"access_token_ttl", document.at("access_token_ttl")},
            {"grants", json::array()}};
  for (const auto* name : {"name", "description", "callback_url", "url"}) {
    view[name] = document.at(name);
  }
  for (const auto name : all_grant_names()) {
    view["grants"].push_back(
        {{"name", name}, {"word", word_for(name)}, {"ticked", holds(grants, name)}});
  }
  if (fault != nullptr) {
    view["fault"] = {{"field", fault->path()}};
    view["fault_" + fault->path()] = sentence(fault->why());
  }
  return view;
}

}  // namespace bbgrant::authorization

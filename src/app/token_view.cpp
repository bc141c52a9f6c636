// SPDX-License-Identifier: MIT
#include "app/token_view.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/json_text.hpp"
#include "app/scope_words.hpp"
#include "app/shown_text.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

constexpr std::chrono::minutes kSoon{5};
// Of scopes and of members: Bitbucket has fewer than thirty of either.
constexpr std::size_t kMostShown = 60;

std::string lifetime_words(std::chrono::seconds life) {
  if (life.count() % 3600 == 0) {
    return life.count() == 3600 ? "1 hour" : fmt::format("{} hours", life.count() / 3600);
  }
  if (life.count() % 60 == 0) return fmt::format("{} minutes", life.count() / 60);
  return fmt::format("{} seconds", life.count());
}

struct Life {
  bool known = false;
  std::chrono::seconds left{};
  std::chrono::seconds whole{};
  std::chrono::sys_seconds until{};
  bool over = false;
};

Life life_of(const Token& token, std::chrono::sys_seconds now) {
  const auto until = token.expires_at();
  if (!until) return {};
  const auto left = std::max(*until - now, std::chrono::seconds{0});
  return {.known = true,
          .left = left,
          .whole = *token.expires_in,
          .until = *until,
          .over = left.count() == 0};
}

std::string percent_left(const Life& life) {
  if (life.whole.count() == 0) return "0";
  return fmt::format("{:.1f}", 100.0 * static_cast<double>(life.left.count()) /
                                   static_cast<double>(life.whole.count()));
}

std::string_view meaning_of_member(std::string_view name) {
  if (name == "access_token") return "What the app shows to the resource server with each call.";
  if (name == "refresh_token") return "Gets a fresh access token later, without the password.";
  if (name == "token_type") return "How it is shown: in the header, after the word Bearer.";
  if (name == "expires_in") return "Seconds that the access token lives from now on.";
  if (name == "scopes" || name == "scope")
    return "What the token may do, as the server granted it.";
  if (name == "state") return "Bitbucket put the name of the grant here.";
  return "Not in RFC 6749: this server's own.";
}

/// The members of the answer in the order in which they came.
json fields_of(const Token& token) {
  json fields = json::array();
  const auto answer = parse_json(token.masked_answer);
  if (!answer.is_object()) return fields;
  for (const auto& [name, value] : answer.items()) {
    if (fields.size() == kMostShown) break;
    const bool secret = name == "access_token" || name == "refresh_token" || value == "***";
    const std::string text = value.is_string()
                                 ? value.get<std::string>()
                                 : value.dump(-1, ' ', false, json::error_handler_t::replace);
    fields.push_back({{"name", shown(name)},
                      {"masked", secret},
                      {"value", secret ? std::string{} : shown(text)},
                      {"meaning", meaning_of_member(name)}});
  }
  return fields;
}

}  // namespace

std::string clock_words(std::chrono::seconds left) {
  const auto seconds = left.count();
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string who_of(const Run& run) {
  switch (run.grant) {
    case Grant::kPassword:
      return run.username;
    case Grant::kAuthorizationCode:
      return (run.username.empty() ? "somebody" : run.username) + ", authorization code";
    case Grant::kImplicit:
      return (run.username.empty() ? "somebody" : run.username) + ", implicit";
    case Grant::kClientCredentials:
      return "the app itself, client credentials";
    case Grant::kJwt:
      return "the app for alice, JWT";
  }
  return {};
}

json token_view(const SessionState& state, std::chrono::sys_seconds now) {
  if (!state.token || state.run() == nullptr) return nullptr;
  const Token& token = *state.token;
  const Life life = life_of(token, now);
  const bool revoked = state.run()->revoked;
  json scopes = json::array();
  const Scopes& granted = token.scopes ? *token.scopes : state.run()->asked;
  for (const std::string& scope : granted) {
    if (scopes.size() == kMostShown) break;
    scopes.push_back({{"name", shown(scope)}, {"meaning", meaning_of_scope(scope)}});
  }
  return {{"alive", life.known && !life.over && !revoked},
          {"expired", life.known && life.over && !revoked},
          {"ageless", !life.known && !revoked},
          {"revoked", revoked},
          {"soon", life.left < kSoon},
          {"left", clock_words(life.left)},
          {"percent", percent_left(life)},
          {"lifetime", life.whole.count()},
          {"lifetime_words", lifetime_words(life.whole)},
          {"expires", life.until.time_since_epoch().count()},
          {"until", fmt::format("{:%H:%M} UTC",
                                fmt::gmtime(std::chrono::system_clock::to_time_t(life.until)))},
          {"until_iso", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                                    fmt::gmtime(std::chrono::system_clock::to_time_t(life.until)))},
          {"no_scopes", scopes.empty()},
          {"scopes", std::move(scopes)},
          {"fields", fields_of(token)}};
}

json chip_view(const SessionState& state, std::chrono::sys_seconds now) {
  json chip{{"none", true}, {"alive", false}, {"expired", false}};
  if (!state.token || state.run() == nullptr || state.run()->revoked) return chip;
  const Life life = life_of(*state.token, now);
  chip["none"] = false;
  chip["alive"] = !life.over;
  chip["expired"] = life.known && life.over;
  chip["who"] = state.run()->username.empty() ? "the app" : state.run()->username;
  chip["soon"] = life.known && life.left < kSoon;
  chip["left"] = life.known ? clock_words(life.left) : std::string{};
  chip["percent"] = life.known ? percent_left(life) : std::string{"100"};
  chip["expires"] =
      life.known ? std::to_string(life.until.time_since_epoch().count()) : std::string{};
  chip["lifetime"] = life.whole.count();
  return chip;
}

}  // namespace bbgrant::app

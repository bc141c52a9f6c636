// SPDX-License-Identifier: MIT
#include "app/explorer_view.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/explorer_target.hpp"
#include "app/json_text.hpp"
#include "app/scope_words.hpp"
#include "app/shown_text.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

const Scopes* held_by(const SessionState& state) {
  if (!state.token || state.run() == nullptr || state.run()->revoked) return nullptr;
  return state.token->scopes ? &*state.token->scopes : &state.run()->asked;
}

bool covers(const Scopes& held, std::string_view needed) {
  return needed.empty() || std::any_of(held.begin(), held.end(), [&](const std::string& scope) {
           return scope_covers(scope, needed);
         });
}

/// "/2.0/repositories" of "/2.0/repositories/{workspace}".
std::string_view group_of(std::string_view path) {
  return path.substr(0, path.find('/', std::string_view{"/2.0/"}.size()));
}

std::string replaced(std::string text, std::string_view place, std::string_view value) {
  for (std::size_t at = text.find(place); at != text.npos; at = text.find(place)) {
    text.replace(at, place.size(), value);
  }
  return text;
}

/// The demo's workspace and repository stand where a path names them.
std::string example(const Operation& operation, bool demo) {
  if (!demo) return operation.path;
  std::string path = replaced(operation.path, "{workspace}", "acme");
  path = replaced(std::move(path), "{repo_slug}", "hello");
  path = replaced(std::move(path), "{repository}", "hello");
  path = replaced(std::move(path), "{repo}", "hello");
  return path;
}

/// A link of the API as a target, or empty: another origin, or nothing that may be called.
std::string target_of(std::string_view url, const std::string& api_url) {
  if (!url.starts_with(api_url + "/2.0/")) return {};
  auto target = explorer_target(url.substr(api_url.size()));
  const auto* good = std::get_if<std::string>(&target);
  return good == nullptr ? std::string{} : *good;
}

}  // namespace

json operations_view(std::span<const Operation> operations, const SessionState& state,
                     const ExplorerForm& form, bool demo) {
  const Scopes* held = held_by(state);
  json groups = json::array();
  for (const Operation& operation : operations) {
    const std::string_view group = group_of(operation.path);
    auto found = std::find_if(groups.begin(), groups.end(),
                              [&](const json& each) { return each["base"] == group; });
    if (found == groups.end()) {
      groups.push_back({{"base", group}, {"operations", json::array()}});
      found = std::prev(groups.end());
    }
    const bool callable = held != nullptr && covers(*held, operation.scope);
    const std::string path = example(operation, demo);
    (*found)["operations"].push_back(
        {{"method", operation.method},
         {"path", operation.path.substr(group.size())},
         {"whole", operation.path},
         {"example", path},
         {"summary", operation.summary},
         {"scope", operation.scope.empty() ? "any token" : operation.scope},
         {"callable", callable},
         {"locked", held != nullptr && !callable},
         {"current", operation.method == form.method && path == form.path}});
  }
  for (json& group : groups) {
    for (json& each : group["operations"]) {
      if (each["path"] == "") each["path"] = group["base"];
    }
  }
  return groups;
}

json reach_view(std::span<const Operation> operations, const SessionState& state) {
  const Scopes* held = held_by(state);
  if (held == nullptr || operations.empty()) return nullptr;
  std::size_t callable = 0;
  std::map<std::string, std::size_t> missing;
  for (const Operation& operation : operations) {
    if (covers(*held, operation.scope)) {
      ++callable;
    } else {
      missing.try_emplace(operation.scope, 0);
    }
  }
  for (auto& [scope, adds] : missing) {
    for (const Operation& operation : operations) {
      if (!covers(*held, operation.scope) && scope_covers(scope, operation.scope)) ++adds;
    }
  }
  std::vector<std::pair<std::string, std::size_t>> best{missing.begin(), missing.end()};
  std::stable_sort(best.begin(), best.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  json adds = json::array();
  for (std::size_t i = 0; i < std::min<std::size_t>(best.size(), 4); ++i) {
    adds.push_back({{"scope", best[i].first},
                    {"meaning", meaning_of_scope(best[i].first)},
                    {"count", best[i].second}});
  }
  return {{"callable", callable},
          {"all", operations.size()},
          {"has_adds", !adds.empty()},
          {"adds", std::move(adds)}};
}

json body_view(const std::string& body, const std::string& api_url) {
  json spans = json::array();
  const auto parsed = parse_json(body);
  if (parsed.is_discarded() || !parsed.is_structured()) {
    if (!body.empty())
      spans.push_back({{"text", with_visible_marks(body)}, {"kind", ""}, {"target", ""}});
    return spans;
  }
  const std::string text = parsed.dump(2, ' ', false, json::error_handler_t::replace);
  std::string_view rest = text;
  const auto add = [&](std::string_view part, std::string_view kind, std::string target = {}) {
    if (part.empty()) return;
    spans.push_back(
        {{"text", with_visible_marks(part)}, {"kind", kind}, {"target", std::move(target)}});
  };
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    const std::string_view all = line.empty() ? rest : line;
    rest.remove_prefix(all.size());
    const std::size_t colon = all.find("\": ");
    const std::size_t value = colon == all.npos ? all.find('"') : colon + 3;
    if (value == all.npos) {
      add(all, "");
      continue;
    }
    const std::size_t end = all.find_last_not_of(",\n") + 1;
    const std::string_view literal = all.substr(value, end - value);
    add(all.substr(0, value), "");
    const auto string = literal.starts_with('"') ? json::parse(literal, nullptr, false) : json{};
    add(literal, literal == "{" || literal == "[" ? "" : "data",
        string.is_string() ? target_of(string.get_ref<const std::string&>(), api_url) : "");
    add(all.substr(end), "");
  }
  return spans;
}

std::string next_page(const std::string& body, const std::string& api_url) {
  const auto parsed = parse_json(body);
  if (!parsed.is_object()) return {};
  const auto next = parsed.find("next");
  return next != parsed.end() && next->is_string()
             ? target_of(next->get_ref<const std::string&>(), api_url)
             : std::string{};
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#include "authorization/scopes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bbgrant::authorization {
namespace {

// Stated implications, one step each; with_implied() follows them to the end.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kImplied{{
    {"project", "repository"},
    {"repository:write", "repository"},
    {"pullrequest", "repository"},
    {"pullrequest:write", "pullrequest"},
    {"pullrequest:write", "repository:write"},
    {"issue:write", "issue"},
    {"snippet:write", "snippet"},
}};

// RFC 6749 section 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
bool is_scope_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return c > 0x20 && c < 0x7F && c != '"' && c != '\\';
  });
}

}  // namespace

const ScopeSet& all_scopes() {
  static const ScopeSet scopes{"account",
                               "account:write",
                               "email",
                               "team",
                               "team:write",
                               "project",
                               "project:admin",
                               "repository",
                               "repository:write",
                               "repository:admin",
                               "repository:delete",
                               "pullrequest",
                               "pullrequest:write",
                               "issue",
                               "issue:write",
                               "wiki",
                               "webhook",
                               "snippet",
                               "snippet:write",
                               "pipeline",
                               "pipeline:write",
                               "pipeline:variable",
                               "runner",
                               "runner:write"};
  return scopes;
}

AskedScopes parse_scopes(std::string_view parameter) {
  AskedScopes asked;
  if (parameter.size() > kLongestScopeParameter) {
    asked.malformed = true;
    return asked;
  }
  while (!parameter.empty()) {
    const auto blank = std::min(parameter.find(' '), parameter.size());
    const auto name = parameter.substr(0, blank);
    parameter.remove_prefix(std::min(blank + 1, parameter.size()));
    if (name.empty()) continue;
    if (is_scope_token(name)) {
      asked.names.emplace(name);
    } else {
      asked.malformed = true;
    }
  }
  return asked;
}

ScopeSet with_implied(const ScopeSet& scopes) {
  ScopeSet all = scopes;
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [holder, implied] : kImplied) {
      if (all.contains(holder)) grown |= all.emplace(implied).second;
    }
  }
  return all;
}

ScopeSet covered_by(const ScopeSet& asked, const ScopeSet& permissions) {
  const ScopeSet held = with_implied(permissions);
  ScopeSet covered;
  std::ranges::set_intersection(asked, held, std::inserter(covered, covered.end()));
  return covered;
}

std::string to_string(const ScopeSet& scopes) {
  std::string text;
  for (const auto& name : scopes) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

}  // namespace bbgrant::authorization

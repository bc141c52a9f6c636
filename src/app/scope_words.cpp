// SPDX-License-Identifier: MIT
#include "app/scope_words.hpp"

#include <array>

namespace bbgrant::app {

namespace {

constexpr std::array kOffered = {
    ScopeWords{"account", "read the profile and the workspaces"},
    ScopeWords{"email", "read the e-mail addresses"},
    ScopeWords{"repository", "read source and clone"},
    ScopeWords{"pullrequest", "read pull requests and comment"},
};

constexpr std::array kOthers = {
    ScopeWords{"account:write", "change the account"},
    ScopeWords{"team", "see memberships"},
    ScopeWords{"team:write", "change memberships"},
    ScopeWords{"project", "see projects and their repositories"},
    ScopeWords{"project:admin", "create, change and delete projects"},
    ScopeWords{"project:write", "change projects"},
    ScopeWords{"repository:write", "push and fork"},
    ScopeWords{"repository:admin", "change settings, hooks and keys of repositories"},
    ScopeWords{"repository:delete", "delete repositories"},
    ScopeWords{"pullrequest:write", "create, approve and merge pull requests"},
    ScopeWords{"issue", "read issues"},
    ScopeWords{"issue:write", "create and change issues"},
    ScopeWords{"wiki", "read and change wikis"},
    ScopeWords{"webhook", "see and change webhooks"},
    ScopeWords{"snippet", "read snippets"},
    ScopeWords{"snippet:write", "create and change snippets"},
    ScopeWords{"pipeline", "see pipelines"},
    ScopeWords{"pipeline:write", "run and stop pipelines"},
    ScopeWords{"pipeline:variable", "read and change pipeline variables"},
    ScopeWords{"runner", "see runners"},
    ScopeWords{"runner:write", "change runners"},
};

struct Implication {
  std::string_view held;
  std::string_view also;
};

// As Bitbucket's documentation states them; nothing else follows from anything.
constexpr std::array kImplications = {
    Implication{"project", "repository"},
    Implication{"repository:write", "repository"},
    Implication{"pullrequest", "repository"},
    Implication{"pullrequest:write", "pullrequest"},
    Implication{"pullrequest:write", "repository:write"},
    Implication{"pullrequest:write", "repository"},
};

}  // namespace

std::span<const ScopeWords> offered_scopes() noexcept { return kOffered; }

std::string_view meaning_of_scope(std::string_view name) noexcept {
  for (const ScopeWords& scope : kOffered) {
    if (scope.name == name) return scope.meaning;
  }
  for (const ScopeWords& scope : kOthers) {
    if (scope.name == name) return scope.meaning;
  }
  return "a scope that this page does not know";
}

bool scope_covers(std::string_view held, std::string_view needed) noexcept {
  if (held == needed) return true;
  for (const Implication& implication : kImplications) {
    if (implication.held == held && implication.also == needed) return true;
  }
  return false;
}

}  // namespace bbgrant::app

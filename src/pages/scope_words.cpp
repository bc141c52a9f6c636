// SPDX-License-Identifier: MIT
#include "pages/scope_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bbgrant::pages {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr std::array kWords{
    Row{"account", "Read your profile and workspaces"},
    Row{"account:write", "Change your account"},
    Row{"email", "Read your e-mail addresses"},
    Row{"issue", "Read issues"},
    Row{"issue:write", "Create and change issues"},
    Row{"pipeline", "See pipelines"},
    Row{"pipeline:variable", "Read and change pipeline variables"},
    Row{"pipeline:write", "Run and stop pipelines"},
    Row{"project", "See projects and their repositories"},
    Row{"project:admin", "Create, change and delete projects"},
    Row{"project:write", "Change projects"},
    Row{"pullrequest", "Read pull requests and comment"},
    Row{"pullrequest:write", "Create, approve and merge pull requests"},
    Row{"repository", "Read source and clone, also private"},
    Row{"repository:admin", "Change settings, hooks and keys of repositories"},
    Row{"repository:delete", "Delete repositories"},
    Row{"repository:write", "Push and fork"},
    Row{"runner", "See runners"},
    Row{"runner:write", "Change runners"},
    Row{"snippet", "Read snippets"},
    Row{"snippet:write", "Create and change snippets"},
    Row{"team", "See memberships"},
    Row{"team:write", "Change memberships"},
    Row{"webhook", "See and change webhooks"},
    Row{"wiki", "Read and change wikis"},
};

}  // namespace

std::string_view scope_words(std::string_view name) noexcept {
  const auto row = std::ranges::find(kWords, name, &Row::first);
  return row == kWords.end() ? std::string_view{} : row->second;
}

}  // namespace bbgrant::pages

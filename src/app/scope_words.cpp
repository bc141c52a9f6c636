// SPDX-License-Identifier: MIT
#include "app/scope_words.hpp"

#include <array>

#include "pages/scope_words.hpp"

namespace bbgrant::app {

namespace {

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

std::string_view meaning_of_scope(std::string_view name) noexcept {
  const auto words = pages::scope_words(name);
  return words.empty() ? "A scope that this page does not know" : words;
}

bool scope_covers(std::string_view held, std::string_view needed) noexcept {
  if (held == needed) return true;
  for (const Implication& implication : kImplications) {
    if (implication.held == held && implication.also == needed) return true;
  }
  return false;
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#include <set>

#include <bbgrant/error.hpp>
#include <bbgrant/pages.hpp>
#include <nlohmann/json.hpp>

#include "client/inline.hpp"
#include "client/url.hpp"

namespace bbgrant {

struct Items::Iterator::State {
  Fetch fetch;
  std::string next;  // empty: the page in hand is the last
  nlohmann::json values = nlohmann::json::array();
  std::size_t at = 0;
  std::set<std::string, std::less<>> visited{};

  [[noreturn]] void refuse(const std::string& why, const std::string& target) const {
    const auto url = detail::Url::parse(target);
    throw ProtocolError("The list cannot be read on: " + why, 200, {},
                        url ? url->shown() : std::string{});
  }

  void fetch_page() {
    const std::string target = std::exchange(next, {});
    if (!visited.insert(target).second) refuse("next leads in a circle", target);
    auto page = fetch_json(target);
    if (!page.is_object() || !page.contains("values") || !page.at("values").is_array())
      refuse("this is no page", target);
    values = std::move(page.at("values"));
    at = 0;
    const auto link = page.find("next");
    if (link == page.end() || link->is_null()) return;
    if (!link->is_string()) refuse("next is not a string", target);
    next = link->get<std::string>();
  }

  nlohmann::json fetch_json(const std::string& target) {
    try {
      return fetch(target).json();
    } catch (const ConfigError& error) {
      // The first target is the caller's, the others are the server's: S39.
      if (visited.size() == 1) throw;
      refuse(error.what(), target);
    }
  }

  /// Skips empty pages, which Bitbucket sends where a filter leaves nothing.
  void settle() {
    while (at >= values.size() && !next.empty()) fetch_page();
  }
};

BBGRANT_INLINE Items::Iterator Items::begin() const {
  auto state = std::make_shared<Iterator::State>();
  state->fetch = fetch_;
  state->next = target_;
  return Iterator{std::move(state)};
}

BBGRANT_INLINE const nlohmann::json& Items::Iterator::operator*() const {
  state_->settle();
  return state_->values.at(state_->at);
}

BBGRANT_INLINE Items::Iterator& Items::Iterator::operator++() {
  ++state_->at;  // the next page waits until somebody asks for it
  return *this;
}

BBGRANT_INLINE bool Items::Iterator::at_end() const {
  state_->settle();
  return state_->at >= state_->values.size();
}

}  // namespace bbgrant

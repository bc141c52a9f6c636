// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

#include <bbgrant/api.hpp>
#include <nlohmann/json_fwd.hpp>

namespace bbgrant {

/// The items of a paged list (`values` and `next`, as Bitbucket pages) as an input range: each page
/// is fetched when its first item is read. `next` is followed as it is, within the API's origin.
///
///     for (const nlohmann::json& repository : session.items("/2.0/repositories/acme"))
///       std::cout << repository.at("full_name") << '\n';
///
/// begin() and the increment throw what the fetch throws, and ProtocolError for a page that is
/// none, a `next` to another origin or one that leads in a circle. One thread; read once.
class Items {
 public:
  using Fetch = std::function<ApiResponse(const std::string& target)>;

  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = nlohmann::json;
    using difference_type = std::ptrdiff_t;

    [[nodiscard]] const nlohmann::json& operator*() const;
    Iterator& operator++();
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t /*end*/) {
      return iterator.at_end();
    }

   private:
    friend class Items;
    struct State;
    explicit Iterator(std::shared_ptr<State> state) : state_(std::move(state)) {}
    [[nodiscard]] bool at_end() const;
    std::shared_ptr<State> state_;
  };

  /// @param fetch  gets one page.
  /// @param target the first page, as ApiRequest::target.
  Items(Fetch fetch, std::string target) : fetch_(std::move(fetch)), target_(std::move(target)) {}

  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

 private:
  Fetch fetch_;
  std::string target_;
};

}  // namespace bbgrant

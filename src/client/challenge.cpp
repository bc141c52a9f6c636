// SPDX-License-Identifier: MIT
#include "client/challenge.hpp"

#include <algorithm>

#include "client/exchange.hpp"
#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE std::optional<std::string> Challenge::parameter(std::string_view name) const {
  const auto found = std::ranges::find_if(parameters, [name](const auto& parameter) {
    return detail::same_in_any_case(parameter.first, name);
  });
  if (found == parameters.end()) return std::nullopt;
  return found->second;
}

}  // namespace bbgrant

namespace bbgrant::detail {

/// Reads a header value from left to right.
class ChallengeReader {
 public:
  explicit ChallengeReader(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

  /// Returns whether there was any.
  bool skip(std::string_view characters) {
    const auto count = std::min(rest_.find_first_not_of(characters), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }

  /// The longest stretch that is one token; empty when there is none.
  std::string_view token() {
    std::size_t size = 0;
    while (size < rest_.size() && is_http_token(rest_.substr(size, 1))) ++size;
    return take(size);
  }

  /// token68 ends the challenge; a parameter's '=' is followed by its value.
  std::string_view token68() {
    constexpr std::string_view kAllowed =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~+/";
    auto size = std::min(rest_.find_first_not_of(kAllowed), rest_.size());
    if (size == 0) return {};
    while (size < rest_.size() && rest_[size] == '=') ++size;
    const auto after = rest_.find_first_not_of(" \t", size);
    if (after != std::string_view::npos && rest_[after] != ',') return {};
    return take(size);
  }

  /// After '=': a token or a quoted string. Nothing when it is neither.
  std::optional<std::string> value() {
    if (!rest_.starts_with('"')) {
      const auto text = token();
      return text.empty() ? std::nullopt : std::optional<std::string>{text};
    }
    std::string text;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == '"') {
        rest_.remove_prefix(at + 1);
        return text;
      }
      if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
      text += rest_[at];
    }
    return std::nullopt;  // never closed
  }

  bool take_equals() {
    ChallengeReader ahead = *this;
    ahead.skip(" \t");
    if (!ahead.rest_.starts_with('=')) return false;
    ahead.rest_.remove_prefix(1);
    ahead.skip(" \t");
    *this = ahead;
    return true;
  }

 private:
  std::string_view take(std::size_t size) {
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

BBGRANT_INLINE std::vector<Challenge> parse_challenges(std::string_view value) {
  std::vector<Challenge> challenges;
  ChallengeReader reader{value};
  while (true) {
    reader.skip(", \t");
    if (reader.at_end()) return challenges;
    const auto word = reader.token();
    if (word.empty()) return challenges;
    if (!challenges.empty() && reader.take_equals()) {  // one more parameter of the last challenge
      auto text = reader.value();
      if (!text) return challenges;
      std::string name{word};
      std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      });
      challenges.back().parameters.emplace_back(std::move(name), *std::move(text));
      continue;
    }
    challenges.push_back({.scheme = std::string{word}});
    if (reader.skip(" \t")) challenges.back().token = reader.token68();
  }
}

}  // namespace bbgrant::detail

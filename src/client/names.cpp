// SPDX-License-Identifier: MIT
#include <algorithm>

#include <bbgrant/error.hpp>
#include <bbgrant/names.hpp>

#include "client/inline.hpp"

namespace bbgrant {

namespace detail {

/// RFC 6749 section 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ).
inline bool is_scope_name(std::string_view name) noexcept {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return c >= '\x21' && c <= '\x7e' && c != '"' && c != '\\';
  });
}

/// Calls `visit` for each stretch without a separator.
template <class Visit>
inline void for_each_word(std::string_view text, std::string_view separators, Visit visit) {
  while (true) {
    const auto first = text.find_first_not_of(separators);
    if (first == std::string_view::npos) return;
    text.remove_prefix(first);
    const auto length = std::min(text.find_first_of(separators), text.size());
    visit(text.substr(0, length));
    text.remove_prefix(length);
  }
}

inline void require_scope_name(std::string_view name) {
  if (!is_scope_name(name))
    throw ConfigError(
        "A scope name is empty or has a character that is not allowed", {},
        "Scopes are words such as account or repository:write (RFC 6749 section 3.3)");
}

}  // namespace detail

BBGRANT_INLINE Scopes::Scopes(std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    detail::require_scope_name(name);
    add(name);
  }
}

BBGRANT_INLINE Scopes Scopes::parse(std::string_view text) {
  Scopes scopes;
  detail::for_each_word(text, " ", [&scopes](std::string_view name) {
    detail::require_scope_name(name);
    scopes.add(name);
  });
  return scopes;
}

BBGRANT_INLINE Scopes Scopes::read(std::string_view text) {
  Scopes scopes;
  // Bitbucket's X-OAuth-Scopes header has commas and blanks.
  detail::for_each_word(text, ", \t", [&scopes](std::string_view name) { scopes.add(name); });
  return scopes;
}

BBGRANT_INLINE bool Scopes::contains(std::string_view name) const noexcept {
  return std::ranges::find(names_, name) != names_.end();
}

BBGRANT_INLINE std::string Scopes::text() const {
  std::string result;
  for (const auto& name : names_) {
    if (!result.empty()) result += ' ';
    result += name;
  }
  return result;
}

BBGRANT_INLINE bool operator==(const Scopes& left, const Scopes& right) noexcept {
  return left.size() == right.size() &&
         std::ranges::all_of(left, [&right](const auto& name) { return right.contains(name); });
}

BBGRANT_INLINE void Scopes::add(std::string_view name) {
  if (!contains(name)) names_.emplace_back(name);
}

}  // namespace bbgrant

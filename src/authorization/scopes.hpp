// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace bbgrant::authorization {

/// Scope names, sorted, each once.
using ScopeSet = std::set<std::string, std::less<>>;

/// The longest scope parameter that is looked at, in bytes (S12).
inline constexpr std::size_t kLongestScopeParameter = 1024;

/// Every scope that a consumer could hold under the older rules, in Bitbucket's spelling.
/// Source: Bitbucket's REST introduction, "Bitbucket OAuth 2.0 scopes".
[[nodiscard]] const ScopeSet& all_scopes();

/// What was asked for, name by name.
struct AskedScopes {
  ScopeSet names;
  /// A name is outside the scope-token grammar of RFC 6749 section 3.3, or the whole is too long.
  bool malformed = false;
};

/// Reads a scope parameter: names between single or doubled blanks, in any order.
/// Malformed names are left out of the names and reported.
[[nodiscard]] AskedScopes parse_scopes(std::string_view parameter);

/// The scopes and all that they imply. Only what Bitbucket's documentation states is applied:
/// "repository:admin", for one, implies neither "repository" nor "repository:write".
[[nodiscard]] ScopeSet with_implied(const ScopeSet& scopes);

/// The asked scopes that the consumer's permissions cover, implied ones included.
[[nodiscard]] ScopeSet covered_by(const ScopeSet& asked, const ScopeSet& permissions);

/// The names with one blank between them, as the wire and the store have them.
[[nodiscard]] std::string to_string(const ScopeSet& scopes);

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bbgrant::authorization {

/// How Bitbucket Cloud behaves under one set of its rules. A profile is data: the code asks these
/// members and never which year it is. The profile belongs to the consumer.
/// Source: Atlassian's pages on OAuth for Bitbucket Cloud, before and after March 2022.
struct Profile {
  std::string_view name;
  /// Grants that the token endpoint knows; any other name is an unsupported grant type.
  std::vector<std::string_view> grant_types;
  /// Answers that the authorization endpoint can give; "token" is the implicit grant.
  std::vector<std::string_view> response_types;
  /// Life of an access token when the consumer sets none.
  std::chrono::seconds access_token_ttl;
  /// Random bytes in an access token; at least 32, which are 256 bits (S13).
  std::size_t access_token_bytes;
  /// Members of a token response that name the granted scopes, in their order on the wire.
  std::vector<std::string_view> scope_members;
  /// Sends the name of the grant as `state`, as captures of the old endpoint show.
  bool sends_state;
  /// With client credentials a consumer acts as its owner; else as itself, an `app_user`.
  bool consumer_acts_as_owner;
  /// Client credentials come with a refresh token.
  bool refresh_after_client_credentials;
  /// Each use of a refresh token gives another one, unless the consumer says otherwise.
  bool rotates_refresh_tokens;
  /// How long the first use of a spent refresh token can be repeated, with the same successor.
  std::chrono::seconds refresh_grace;
  /// A refresh token dies when it was not used for so long; nothing: it does not.
  std::optional<std::chrono::seconds> refresh_idle_life;
  /// Takes the access token from the Authorization header only, not from form or query.
  bool bearer_in_header_only;
};

/// The profile of that name, or nothing.
[[nodiscard]] const Profile* find_profile(std::string_view name);

/// The profile of a consumer that names none, unless --compat says otherwise.
[[nodiscard]] const Profile& default_profile();

/// Names of all profiles, for messages.
[[nodiscard]] std::vector<std::string_view> profile_names();

}  // namespace bbgrant::authorization

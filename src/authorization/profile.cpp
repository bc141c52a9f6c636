// SPDX-License-Identifier: MIT
#include "authorization/profile.hpp"

#include <algorithm>
#include <array>

namespace bbgrant::authorization {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only

const std::array<Profile, 2>& profiles() {
  static const std::array<Profile, 2> all{
      Profile{
          .name = "2019",
          .grant_types = {"password", "authorization_code", "client_credentials", "refresh_token",
                          "urn:bitbucket:oauth2:jwt"},
          .response_types = {"code", "token"},
          .access_token_ttl = 2h,
          .access_token_bytes = 72,  // about 100 characters, as Bitbucket's then
          // Bitbucket, not RFC 6749: `scopes`. The standard's `scope` stands beside it, so that a
          // plain client learns its scopes too.
          .scope_members = {"scopes", "scope"},
          .sends_state = true,
          .consumer_acts_as_owner = true,
          .refresh_after_client_credentials = true,
          .rotates_refresh_tokens = false,
          .refresh_grace = 10s,  // of a consumer that rotates all the same
          .refresh_idle_life = std::nullopt,
          .bearer_in_header_only = false,
      },
      Profile{
          .name = "2026",
          // The password grant ended on 2022-03-01.
          .grant_types = {"authorization_code", "client_credentials", "refresh_token",
                          "urn:bitbucket:oauth2:jwt"},
          .response_types = {"code", "token"},
          .access_token_ttl = 2h,
          .access_token_bytes = 1920,  // over 2,500 characters
          .scope_members = {"scope"},
          .sends_state = false,
          .consumer_acts_as_owner = false,
          .refresh_after_client_credentials = false,
          .rotates_refresh_tokens = true,
          .refresh_grace = 10min,
          .refresh_idle_life = 90 * 24h,  // three months
          .bearer_in_header_only = true,
      },
  };
  return all;
}

}  // namespace

const Profile* find_profile(std::string_view name) {
  const auto found = std::ranges::find(profiles(), name, &Profile::name);
  return found == profiles().end() ? nullptr : &*found;
}

const Profile& default_profile() { return profiles().front(); }

std::vector<std::string_view> profile_names() {
  std::vector<std::string_view> names;
  for (const auto& profile : profiles()) names.push_back(profile.name);
  return names;
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace bbgrant::pages {

/// What a scope of Bitbucket lets an app do, for the pages of both parties: "Read your profile and
/// workspaces". Empty for an unknown one.
[[nodiscard]] std::string_view scope_words(std::string_view name) noexcept;

}  // namespace bbgrant::pages

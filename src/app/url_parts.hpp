// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bbgrant::app {

/// What the pages show of a URL.
struct UrlParts {
  /// "http://localhost:7990".
  std::string origin;
  /// "localhost:7990".
  std::string host;
  /// "/site/oauth2/access_token", still encoded.
  std::string path;
};

/// Nothing where the text is no absolute http or https URL.
[[nodiscard]] std::optional<UrlParts> url_parts(std::string_view url);

/// Its host and port; the whole text where it is no URL.
[[nodiscard]] std::string host_of(std::string_view url);

/// Whether its host is localhost, or an address of this machine's loopback.
[[nodiscard]] bool is_loopback(std::string_view url);

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#include "cli/listen_address.hpp"

#include "cli/url.hpp"

namespace bbgrant::cli {

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  // An authority, so a URL without its scheme and path.
  if (text.find_first_of("/?#@") != std::string_view::npos || text.ends_with(':')) {
    return std::nullopt;
  }
  const auto url = parse_url(std::string{"http://"}.append(text));
  if (!url) return std::nullopt;
  ListenAddress result{.address = {}, .port = url->port};
  if (url->host != "localhost") {
    if (!is_ip_address(url->host)) return std::nullopt;
    result.address = url->host;
  }
  return result;
}

}  // namespace bbgrant::cli

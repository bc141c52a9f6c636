// SPDX-License-Identifier: MIT
#include "pages/url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace bbgrant::pages {

std::optional<Url> Url::parse(std::string_view text) {
  // Boost.URL follows RFC 3986: backslashes, blanks, control and non-ASCII bytes are refused.
  const auto parsed = boost::urls::parse_uri_reference({text.data(), text.size()});
  if (!parsed) return std::nullopt;
  const boost::urls::url_view url = *parsed;
  if (url.has_userinfo()) return std::nullopt;
  if (url.has_scheme()) {
    const bool web = url.scheme_id() == boost::urls::scheme::http ||
                     url.scheme_id() == boost::urls::scheme::https;
    if (!web || !url.has_authority() || url.encoded_host().empty()) return std::nullopt;
    return Url{std::string{text}, true};
  }
  if (url.has_authority() || !text.starts_with('/')) return std::nullopt;
  return Url{std::string{text}, false};
}

}  // namespace bbgrant::pages

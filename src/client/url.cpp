// SPDX-License-Identifier: MIT
#include "client/url.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include <arpa/inet.h>
#include <bbgrant/error.hpp>
#include <curl/curl.h>

#include "client/inline.hpp"

namespace bbgrant::detail {

struct CurlCleanup {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
  void operator()(char* text) const noexcept { curl_free(text); }
};
using CurlUrl = std::unique_ptr<CURLU, CurlCleanup>;

/// One part of a URL; empty when it is absent.
inline std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* raw = nullptr;
  if (curl_url_get(url, part, &raw, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlCleanup> owned{raw};
  return raw;
}

inline bool has_line_end_or_zero(std::string_view text) noexcept {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos;
}

BBGRANT_INLINE std::optional<Url> Url::parse(std::string_view text) {
  if (has_line_end_or_zero(text)) return std::nullopt;  // S86
  const CurlUrl url{curl_url()};
  if (!url || curl_url_set(url.get(), CURLUPART_URL, std::string{text}.c_str(), 0) != CURLUE_OK)
    return std::nullopt;

  Url result;
  result.scheme_ = url_part(url.get(), CURLUPART_SCHEME);
  result.host_ = url_part(url.get(), CURLUPART_HOST);
  std::ranges::transform(result.host_, result.host_.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if ((result.scheme_ != "http" && result.scheme_ != "https") || result.host_.empty())
    return std::nullopt;
  const std::string port = url_part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  result.origin_ = result.scheme_ + "://" + result.host_ + ":" + port;
  result.path_ = url_part(url.get(), CURLUPART_PATH);
  result.query_ = url_part(url.get(), CURLUPART_QUERY);
  result.has_user_ = !url_part(url.get(), CURLUPART_USER).empty() ||
                     !url_part(url.get(), CURLUPART_PASSWORD).empty();
  result.has_fragment_ = text.find('#') != std::string_view::npos;
  result.text_ = url_part(url.get(), CURLUPART_URL);

  for (const CURLUPart secret :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    curl_url_set(url.get(), secret, nullptr, 0);
  result.shown_ = url_part(url.get(), CURLUPART_URL);
  return result;
}

BBGRANT_INLINE std::optional<Url> Url::resolve(std::string_view reference) const {
  if (has_line_end_or_zero(reference)) return std::nullopt;
  const CurlUrl url{curl_url()};
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text_.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, std::string{reference}.c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  return parse(url_part(url.get(), CURLUPART_URL));
}

BBGRANT_INLINE std::string Url::target() const {
  return query_.empty() ? path_ : path_ + "?" + query_;
}

BBGRANT_INLINE bool Url::loopback() const noexcept {
  if (host_ == "localhost" || host_ == "[::1]") return true;
  in_addr address{};
  // Only a whole IPv4 address counts: 127.0.0.1.example.com is somebody else's name.
  return inet_pton(AF_INET, host_.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24U) == 127U;
}

BBGRANT_INLINE Url judged_url(std::string_view text, std::string_view what, bool allow_plain_http) {
  auto url = Url::parse(text);
  if (!url)
    throw ConfigError(std::string{what} + " is not an http or https URL", {},
                      "Write it whole, such as https://example.com/oauth/token");
  if (url->has_user())
    throw ConfigError(std::string{what} + " must not carry a user or a password", url->shown(),
                      "Remove what stands before the @");
  if (url->has_fragment())
    throw ConfigError(std::string{what} + " must not have a fragment", url->shown(),
                      "Remove the # and what follows it");
  if (url->scheme() == "http" && !url->loopback() && !allow_plain_http)
    throw ConfigError(std::string{what} +
                          " is plain http to another machine, where everybody on "
                          "the path can read the secrets",
                      url->shown(), "Use https, or set allow_plain_http if the network is yours");
  return *std::move(url);
}

}  // namespace bbgrant::detail

// SPDX-License-Identifier: MIT
#include "cli/url.hpp"

#include <memory>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include "cli/setting.hpp"

namespace bbgrant::cli {
namespace {

struct CloseUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const noexcept { curl_free(text); }
};

std::optional<std::string> part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, FreeText> owned{text};
  return std::string{owned.get()};
}

bool begins_as_url(std::string_view text) {
  // libcurl takes one to three slashes.
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.starts_with(scheme)) return text.size() > scheme.size() && text[scheme.size()] != '/';
  }
  return false;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (!begins_as_url(text) || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::unique_ptr<CURLU, CloseUrl> parsed{curl_url()};
  if (!parsed) return std::nullopt;
  const CURLUcode code =
      curl_url_set(parsed.get(), CURLUPART_URL, std::string{text}.c_str(), CURLU_DISALLOW_USER);
  if (code != CURLUE_OK) return std::nullopt;
  // Also an empty one, of which libcurl keeps nothing.
  if (text.find('#') != std::string_view::npos) return std::nullopt;

  Url url;
  url.host = part_of(parsed.get(), CURLUPART_HOST).value_or("");
  if (url.host.empty()) return std::nullopt;
  if (url.host.starts_with('[')) url.host = url.host.substr(1, url.host.size() - 2);
  if (const auto port = part_of(parsed.get(), CURLUPART_PORT)) {
    url.port = parse_port(*port);
    if (!url.port) return std::nullopt;
  }
  url.path = part_of(parsed.get(), CURLUPART_PATH).value_or("");
  url.has_query = text.find('?') != std::string_view::npos;
  return url;
}

bool is_ip_address(const std::string& text) noexcept {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, text.c_str(), &ignored) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

bool Url::is_loopback() const noexcept {
  if (host == "localhost") return true;
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace bbgrant::cli

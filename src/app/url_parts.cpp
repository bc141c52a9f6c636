// SPDX-License-Identifier: MIT
#include "app/url_parts.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace bbgrant::app {

namespace {

namespace urls = boost::urls;

std::optional<urls::url_view> parse(std::string_view url) {
  const auto parsed = urls::parse_uri({url.data(), url.size()});
  if (!parsed || parsed->encoded_host().empty()) return std::nullopt;
  if (parsed->scheme_id() != urls::scheme::http && parsed->scheme_id() != urls::scheme::https) {
    return std::nullopt;
  }
  // Boost.URL 1.81 ends the host of http://127.0.0.1.example/ after the address and takes the rest
  // for a path without a slash.
  const auto path = parsed->encoded_path();
  if (!path.empty() && path.front() != '/') return std::nullopt;
  return *parsed;
}

}  // namespace

std::optional<UrlParts> url_parts(std::string_view url) {
  const auto parsed = parse(url);
  if (!parsed) return std::nullopt;
  return UrlParts{.origin = std::string{parsed->encoded_origin()},
                  .host = std::string{parsed->encoded_host_and_port()},
                  .path = std::string{parsed->encoded_path()}};
}

std::string host_of(std::string_view url) {
  const auto parts = url_parts(url);
  return parts ? parts->host : std::string{url};
}

bool is_loopback(std::string_view url) {
  const auto parsed = parse(url);
  if (!parsed) return false;
  const std::string host = parsed->host_address();
  if (host == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

}  // namespace bbgrant::app

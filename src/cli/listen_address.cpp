// SPDX-License-Identifier: MIT
#include "cli/listen_address.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "cli/setting.hpp"

namespace bbgrant::cli {

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const auto authority = boost::urls::parse_authority(text);
  if (!authority || authority->has_userinfo()) return std::nullopt;
  ListenAddress result;
  switch (authority->host_type()) {
    case boost::urls::host_type::ipv4:
      result.address = authority->host_ipv4_address().to_string();
      break;
    case boost::urls::host_type::ipv6:
      result.address = authority->host_ipv6_address().to_string();
      break;
    case boost::urls::host_type::name:
      if (authority->host_name() != "localhost") return std::nullopt;
      break;
    case boost::urls::host_type::none:
    case boost::urls::host_type::ipvfuture:
      return std::nullopt;
  }
  if (authority->has_port()) {
    const std::string_view port{authority->port().data(), authority->port().size()};
    result.port = parse_port(port);
    if (!result.port) return std::nullopt;
  }
  return result;
}

}  // namespace bbgrant::cli

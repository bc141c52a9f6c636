// SPDX-License-Identifier: MIT
#include "http/address.hpp"

#include <algorithm>
#include <charconv>

#include "base/start_error.hpp"

namespace bbgrant::http {

namespace ip = boost::asio::ip;

namespace {

ip::address_v6 to_v6(const ip::address& address) {
  return address.is_v6() ? address.to_v6() : ip::make_address_v6(ip::v4_mapped, address.to_v4());
}

ip::network_v6 parse_network(const std::string& text) {
  const std::size_t slash = text.find('/');
  boost::system::error_code error;
  const ip::address address = ip::make_address(text.substr(0, slash), error);
  const unsigned bits = address.is_v4() ? 32 : 128;
  unsigned length = bits;
  bool good = !error;
  if (good && slash != std::string::npos) {
    const char* const first = text.data() + slash + 1;
    const char* const last = text.data() + text.size();
    const auto [end, failure] = std::from_chars(first, last, length);
    good = failure == std::errc{} && end == last && length <= bits;
  }
  if (!good) {
    throw base::StartError{"trusted proxy \"" + text +
                           "\" is no address and no network; write it like 10.0.0.0/8"};
  }
  return ip::network_v6{to_v6(address), static_cast<unsigned short>(128 - bits + length)};
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

ip::address unmap(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

std::string address_key(const ip::address& address) {
  if (address.is_v4() || address.is_loopback()) return address.to_string();
  ip::address_v6::bytes_type bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return ip::address_v6{bytes}.to_string() + "/64";
}

ProxyList::ProxyList(const std::vector<std::string>& networks) {
  for (const std::string& network : networks) networks_.push_back(parse_network(network));
}

bool ProxyList::contains(const ip::address& address) const {
  const ip::address_v6 wanted = to_v6(address);
  return std::any_of(networks_.begin(), networks_.end(), [&wanted](const ip::network_v6& network) {
    return ip::network_v6{wanted, network.prefix_length()}.canonical() == network.canonical();
  });
}

ip::address ProxyList::client(const ip::address& peer, const Headers& headers) const {
  if (networks_.empty() || !contains(peer)) return peer;
  std::string hops;
  for (const std::string_view value : headers.all("X-Forwarded-For")) {
    if (!hops.empty()) hops += ',';
    hops += value;
  }
  ip::address client = peer;
  std::string_view rest = hops;
  while (!rest.empty() && contains(client)) {
    const std::size_t comma = rest.rfind(',');
    const std::string_view hop =
        trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
    boost::system::error_code error;
    const ip::address next = ip::make_address(hop, error);
    if (error) break;  // what a trusted hop did not write ends the chain
    client = unmap(next);
  }
  return client;
}

}  // namespace bbgrant::http

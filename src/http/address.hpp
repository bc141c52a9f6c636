// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "http/message.hpp"

namespace bbgrant::http {

/// An IPv4 address that came inside an IPv6 one, as such. Internal to this room, as all here.
[[nodiscard]] boost::asio::ip::address unmap(const boost::asio::ip::address& address);

/// What limits count: the address, an IPv6 address by its /64, ::1 as itself (S71).
[[nodiscard]] std::string address_key(const boost::asio::ip::address& address);

/// The proxies whose word counts (S71).
class ProxyList {
 public:
  ProxyList() = default;
  /// @param networks  CIDR or single addresses.
  /// @throws base::StartError for one that is neither.
  explicit ProxyList(const std::vector<std::string>& networks);

  [[nodiscard]] bool contains(const boost::asio::ip::address& address) const;

  /// The client: the peer itself, or where the peer is trusted, the last hop of X-Forwarded-For
  /// that is not.
  [[nodiscard]] boost::asio::ip::address client(const boost::asio::ip::address& peer,
                                                const Headers& headers) const;

 private:
  // IPv4 networks stand as mapped IPv6 ones, so that there is one comparison.
  std::vector<boost::asio::ip::network_v6> networks_;
};

}  // namespace bbgrant::http

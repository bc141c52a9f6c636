// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bbgrant::cli {

/// One value of --listen.
struct ListenAddress {
  /// An IP address without brackets; empty for localhost, which is 127.0.0.1 and ::1.
  std::string address;
  std::optional<std::uint16_t> port;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// "127.0.0.1:7990", "0.0.0.0", "[::1]:7990", "localhost:7990".
[[nodiscard]] std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace bbgrant::cli

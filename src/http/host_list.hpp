// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bbgrant::http {

/// The names under which a server answers (S49). Internal to this room.
class HostList {
 public:
  HostList() = default;
  /// @param hosts  "name:port", or "name" for any port; IPv6 in brackets.
  /// @param port   of localhost, 127.0.0.1 and [::1], which are always there.
  /// @param default_port  80 or 443: a Host without a port means this one.
  HostList(const std::vector<std::string>& hosts, std::uint16_t port, std::uint16_t default_port);

  /// The host in lower case when it is accepted. No trailing dot, no userinfo, no spelling but
  /// those of the list.
  [[nodiscard]] std::optional<std::string> accept(std::string_view host) const;

 private:
  std::vector<std::string> with_port_;
  std::vector<std::string> any_port_;
};

}  // namespace bbgrant::http

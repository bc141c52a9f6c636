// SPDX-License-Identifier: MIT
#include "http/host_list.hpp"

#include <algorithm>

namespace bbgrant::http {
namespace {

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

// Where the port begins (its colon), or npos. A colon inside brackets is part of an address.
std::size_t port_colon(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos) return colon;
  const std::size_t bracket = host.rfind(']');
  return bracket != std::string_view::npos && bracket > colon ? std::string_view::npos : colon;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool contains(const std::vector<std::string>& list, std::string_view host) {
  return std::find(list.begin(), list.end(), host) != list.end();
}

}  // namespace

HostList::HostList(const std::vector<std::string>& hosts, std::uint16_t port,
                   std::uint16_t default_port) {
  const auto add = [this, default_port](const std::string& name, std::uint16_t its_port) {
    with_port_.push_back(name + ":" + std::to_string(its_port));
    if (its_port == default_port) with_port_.push_back(name);
  };
  for (const char* name : {"localhost", "127.0.0.1", "[::1]"}) add(name, port);
  for (const std::string& host : hosts) {
    const std::string name = lower(host);
    (port_colon(name) == std::string::npos ? any_port_ : with_port_).push_back(name);
  }
}

std::optional<std::string> HostList::accept(std::string_view host) const {
  std::string name = lower(host);
  if (contains(with_port_, name)) return name;
  const std::size_t colon = port_colon(name);
  if (colon == std::string::npos) {
    if (contains(any_port_, name)) return name;
  } else if (is_port(std::string_view{name}.substr(colon + 1)) &&
             contains(any_port_, std::string_view{name}.substr(0, colon))) {
    return name;
  }
  return std::nullopt;
}

}  // namespace bbgrant::http

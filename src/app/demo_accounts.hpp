// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace bbgrant::app {

/// An account of the sandbox's built-in seed. Name, password and settings are public: they stand in
/// the README, so the page may say what it knows of them.
struct DemoAccount {
  std::string_view name;
  std::string_view password;
  bool two_step = false;
  std::string_view uuid{};
};

inline constexpr DemoAccount kDemoAccounts[] = {
    {"alice", "alice-password", false, "{0a1f6f0e-2f52-4c57-8a39-7d1be1a6f1a1}"},
    {"bob", "bob-password", true},
    {"carol", "carol-password", false},
};

/// Null when the sandbox's seed has no such account.
[[nodiscard]] constexpr const DemoAccount* find_demo_account(std::string_view name) noexcept {
  for (const DemoAccount& account : kDemoAccounts) {
    if (account.name == name) return &account;
  }
  return nullptr;
}

}  // namespace bbgrant::app

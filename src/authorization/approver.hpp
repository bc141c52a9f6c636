// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "authorization/scopes.hpp"

namespace bbgrant::authorization {

/// An authorization request that has passed all checks, before any page is shown.
struct AuthorizationAsked {
  std::string_view consumer_key;
  /// What the consent page would show.
  const ScopeSet& scopes;
};

/// The answer of somebody who is not at a browser.
struct Approval {
  std::string user;  ///< nickname, or confirmed address
  bool deny = false;
  /// Fewer than asked; those that were not asked for are left out. Unset: all.
  std::optional<ScopeSet> scopes = {};
};

/// Asked before the sign-in page, so that a test suite can answer in a person's place.
class Approver {
 public:
  Approver() = default;
  Approver(const Approver&) = delete;
  Approver& operator=(const Approver&) = delete;
  virtual ~Approver() = default;

  /// The answer to this request, or nothing: then a person is asked. Thread-safe; does not block.
  [[nodiscard]] virtual std::optional<Approval> decide(const AuthorizationAsked& asked) = 0;
};

}  // namespace bbgrant::authorization

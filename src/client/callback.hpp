// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include <bbgrant/client.hpp>

namespace bbgrant::detail {

/// @throws ProtocolError "The callback cannot be trusted: " and why, always.
[[noreturn]] void distrust(const std::string& why);

/// The decoded parameters of what an authorization endpoint sent back through the browser (S84).
class Callback {
 public:
  /// @param encoded  the query or the fragment.
  /// @param refused  the parameters of other responses, which were not asked for.
  /// @throws ProtocolError one of these is there, or a parameter comes twice (RFC 6749
  /// section 3.1).
  Callback(std::string_view encoded, std::initializer_list<const char*> refused);

  /// Empty when it is absent.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  [[nodiscard]] const auto& all() const noexcept { return parameters_; }

  /// State, then issuer (RFC 9207 section 2.4), then error.
  /// @throws ProtocolError it is not the answer to `authorization`; OAuthError it is a refusal.
  void judge(const Authorization& authorization, const Server& server) const;

 private:
  std::map<std::string, Secret, std::less<>> parameters_;
};

}  // namespace bbgrant::detail

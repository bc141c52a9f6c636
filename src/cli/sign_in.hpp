// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <bbgrant/client.hpp>

#include "cli/connection.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): the library's own name
namespace CLI {
class Option;
}

namespace bbgrant::cli {

/// How a person signs in, for login and token.
struct SignInFlags {
  std::string username;
  bool password_stdin = false;
  std::vector<std::string> scopes;
  std::string callback_url;
  std::chrono::seconds browser_timeout = std::chrono::minutes{5};
  bool no_browser = false;
  /// Declared to say why it does not exist.
  const CLI::Option* password = nullptr;
};

void declare_sign_in_flags(CLI::App& parser, SignInFlags& flags);

/// S72. The same words stand wherever the grant can be chosen.
[[nodiscard]] const char* password_grant_notice() noexcept;

/// What --scope asks for, else the settings.
[[nodiscard]] Scopes scopes_of(const SignInFlags& flags, const Config& config);

/// The password that was given before anything is asked or sent: standard input or the environment.
/// @throws UsageError --password was used (S45).
[[nodiscard]] std::optional<Secret> given_password(const SignInFlags& flags);

/// The password grant. Asks on the terminal when no password was given.
[[nodiscard]] Token sign_in_by_password(const Connection& connection, const SignInFlags& flags,
                                        const Context& context, std::optional<Secret> password);

/// The authorization code grant with PKCE: by the browser and a loopback address (RFC 8252), or by
/// pasting the address that the browser ends on.
/// @throws Failure with kCancelled when nobody answered in time.
[[nodiscard]] Token sign_in_by_browser(const Connection& connection, const SignInFlags& flags,
                                       const Context& context);

}  // namespace bbgrant::cli

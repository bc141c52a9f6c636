// SPDX-License-Identifier: MIT
#include "cli/error_report.hpp"

#include <exception>
#include <string>

#include "base/start_error.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {
namespace {

void say(const Output& output, const std::string& text) {
  if (!text.empty()) output.talk("bbgrant: " + escape_controls(text) + "\n");
}

ExitCode of_transport(TransportFault fault) noexcept {
  switch (fault) {
    case TransportFault::kTimeout:
    case TransportFault::kCancelled:
      return ExitCode::kCancelled;
    case TransportFault::kResolve:
    case TransportFault::kConnect:
    case TransportFault::kTls:
    case TransportFault::kBroken:
      return ExitCode::kUnreachable;
    case TransportFault::kTooLarge:
      return ExitCode::kFailure;
  }
  return ExitCode::kFailure;
}

}  // namespace

ExitCode exit_code_of(const Error& error) noexcept {
  if (const auto* oauth = dynamic_cast<const OAuthError*>(&error)) {
    // Too busy or throttled is no verdict on the credentials.
    const bool refused = oauth->status() < 500 && oauth->status() != 429;
    return refused ? ExitCode::kAuthentication : ExitCode::kFailure;
  }
  if (const auto* api = dynamic_cast<const ApiError*>(&error)) {
    return api->status() == 401 ? ExitCode::kAuthentication : ExitCode::kFailure;
  }
  if (const auto* transport = dynamic_cast<const TransportError*>(&error)) {
    return of_transport(transport->fault());
  }
  if (dynamic_cast<const ConfigError*>(&error) != nullptr) return ExitCode::kUsage;
  return ExitCode::kFailure;
}

ExitCode report_current_exception(const Output& output) {
  try {
    throw;
  } catch (const Failure& failure) {
    say(output, failure.what());
    return failure.code();
  } catch (const base::StartError& error) {
    say(output, error.what());
    return ExitCode::kUsage;
  } catch (const LoginRequired& error) {
    say(output, std::string{error.what()} + "\n  Sign in again with: bbgrant login");
    return ExitCode::kAuthentication;
  } catch (const Error& error) {
    say(output,
        std::string{error.what()} + (error.advice().empty() ? "" : "\n  " + error.advice()));
    return exit_code_of(error);
  } catch (const std::exception& error) {
    say(output, error.what());
    return ExitCode::kFailure;
  } catch (...) {
    say(output, "unknown failure");
    return ExitCode::kFailure;
  }
}

}  // namespace bbgrant::cli

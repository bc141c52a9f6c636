// SPDX-License-Identifier: MIT
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>
#include <curl/curl.h>

#include "cli/command.hpp"
#include "cli/connection.hpp"
#include "cli/duration.hpp"
#include "cli/error_report.hpp"
#include "cli/terminal.hpp"
#include "cli/token_talk.hpp"

namespace bbgrant::cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLargestSkew{30};

// One line a check, and what to do where one fails. The first failure is the exit code.
class Report {
 public:
  explicit Report(const Context& context) : context_(context) {}

  void good(const std::string& what, const std::string& text) { line("ok   ", what, text); }
  void warn(const std::string& what, const std::string& text) { line("warn ", what, text); }
  void bad(const std::string& what, const std::string& text, ExitCode code) {
    line("FAIL ", what, text);
    if (code_ == ExitCode::kDone) code_ = code;
  }
  void bad(const std::string& what, const Error& error, const std::string& advice) {
    bad(what, std::string{error.what()} + ". " + (advice.empty() ? error.advice() : advice),
        exit_code_of(error));
  }
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  void line(const char* state, std::string what, const std::string& text) {
    what.resize(8, ' ');
    context_.output.data(state + what + escape_controls(text) + "\n");
  }

  const Context& context_;
  ExitCode code_ = ExitCode::kDone;
};

std::string milliseconds_since(steady_clock::time_point begun) {
  const auto took = std::chrono::round<std::chrono::milliseconds>(steady_clock::now() - begun);
  return std::to_string(took.count()) + " ms";
}

// By the Date of an answer (RFC 9110 section 6.6.1), which has whole seconds.
void check_clock(const HttpResponse& answer, Report& report) {
  const auto date = find_header(answer.headers, "Date");
  const std::time_t there = date ? ::curl_getdate(date->c_str(), nullptr) : -1;
  if (there < 0) {
    report.warn("clock", "the server sends no date to compare with");
    return;
  }
  const std::chrono::seconds skew{
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) - there};
  const std::chrono::seconds size{std::abs(skew.count())};
  if (size <= kLargestSkew) {
    report.good("clock", "agrees with the server's");
    return;
  }
  report.bad("clock",
             "is " + describe(size) + (skew.count() < 0 ? " behind" : " ahead of") +
                 " the server's: tokens seem " +
                 (skew.count() < 0 ? "fresh too long" : "expired too soon") +
                 ". Set this machine's clock, for example with NTP",
             ExitCode::kFailure);
}

// Whether it answers at all; any status will do.
bool check_server(const Connection& connection, Report& report) {
  HttpRequest request;
  request.url = connection.server().token_url;
  request.timeout = connection.timeout();
  const auto begun = steady_clock::now();
  try {
    const HttpResponse answer = curl_transport()->send(request);
    report.good("server",
                connection.server().token_url + " answers in " + milliseconds_since(begun));
    check_clock(answer, report);
    return true;
  } catch (const Error& error) {
    report.bad("server", error, "Start the sandbox with bbgrant serve, or name another --server");
    return false;
  }
}

// The consumer's own token: no person is asked, nobody's login changes.
void check_consumer_token(const Connection& connection, Report& report) {
  const Client client = connection.client();
  const std::string key = client.key().value();
  const auto begun = steady_clock::now();
  try {
    const Token token = client.client_credentials({}, connection.timeout());
    report.good("token", "the consumer " + key + " got one in " + milliseconds_since(begun));
    if (!client.server().revoke_url.empty())
      client.revoke(token.access_token, WireKind::kAccessToken);
  } catch (const OAuthError& error) {
    // Bitbucket, not RFC 6749: unauthorized_client with this text for a wrong key or secret.
    const bool wrong = error.error() == "invalid_client" ||
                       error.description().find("OAuth client credentials") != std::string::npos;
    if (!wrong) {
      report.good("token", "the endpoint answered in " + milliseconds_since(begun) +
                               "; the consumer " + key + " has no client credentials grant");
    } else {
      report.bad("token", error,
                 "Check BBGRANT_CONSUMER_KEY and BBGRANT_CONSUMER_SECRET, or the "
                 "consumer in the settings");
    }
  } catch (const Error& error) {
    report.bad("token", error, "");
  }
}

void check_login(const Connection& connection, Report& report) {
  const Secret* given = connection.given_token();
  try {
    Secret bearer;
    if (given != nullptr) {
      bearer = given->copy();
    } else if (connection.store()->load()) {
      const auto session = connection.session();
      bearer = session->access_token();
    } else {
      report.warn("login", "nobody is signed in: bbgrant login");
      return;
    }
    const auto owner = connection.owner_of(bearer);
    report.good("login", owner.value_or("good, for somebody whom the API does not name") +
                             (given != nullptr ? ", by BBGRANT_ACCESS_TOKEN" : ""));
  } catch (const Error& error) {
    report.bad("login", error,
               given != nullptr ? "Get another token" : "Sign in again with: bbgrant login");
  }
}

ExitCode run(const ClientFlags& flags, const Context& context) {
  Report report{context};
  std::optional<Connection> connection;
  try {
    connection.emplace(flags, context);
  } catch (const Failure& failure) {
    report.bad("config", failure.what(), failure.code());
    return report.code();
  } catch (const Error& error) {
    report.bad("server", error, "");
    return report.code();
  }
  const auto& file = connection->settings().file;
  report.good("config",
              file ? *file : "no file; the demo consumer and the sandbox, or the environment");
  if (check_server(*connection, report)) {
    check_consumer_token(*connection, report);
    check_login(*connection, report);
  }
  return report.code();
}

}  // namespace

Run declare_doctor(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<ClientFlags>();
  declare_client_flags(parser, *flags);
  parser.footer(
      "Checks the settings, the server, the clocks, the time to a token and the login, and says "
      "what "
      "to do. Exits with the code of the first check that fails.");
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

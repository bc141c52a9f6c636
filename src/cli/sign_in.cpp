// SPDX-License-Identifier: MIT
#include "cli/sign_in.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <poll.h>
#include <unistd.h>

#include "base/start_error.hpp"
#include "cli/browser.hpp"
#include "cli/duration.hpp"
#include "cli/loopback_receiver.hpp"
#include "cli/option.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {
namespace {

constexpr const char* kPasswordGrantNotice =
    "This grant hands your password to the app. RFC 9700 says it must not be used, OAuth 2.1 "
    "leaves "
    "it out and Bitbucket Cloud has switched it off; use it to learn, to test, or to leave it.\n"
    "The way off it: authorization code with PKCE for people, client credentials for machines "
    "(RFC 9700 section 2.4).\n";

Username username_of(const SignInFlags& flags, const Environment& environment) {
  if (!flags.username.empty()) return Username{flags.username};
  if (auto name = environment("BBGRANT_USERNAME")) return Username{std::move(*name)};
  throw UsageError{"the password grant needs --username NAME, or BBGRANT_USERNAME"};
}

std::unique_ptr<LoopbackReceiver> receiver_for(const std::string& callback,
                                               const Connection& connection) {
  const auto url = parse_url(callback);
  if (!url || !url->is_loopback() || !callback.starts_with("http://")) return nullptr;
  try {
    return std::make_unique<LoopbackReceiver>(*url);
  } catch (const base::StartError& error) {
    connection.say(std::string{error.what()} + "\n");
    return nullptr;
  }
}

// Waits for whichever comes first: the browser's call, or the pasted address.
Secret wait_for_callback(LoopbackReceiver* receiver, const TerminalLines& terminal,
                         std::chrono::seconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    // poll() passes over a negative descriptor.
    std::array<pollfd, 2> wait{{{receiver != nullptr ? receiver->descriptor() : -1, POLLIN, 0},
                                {terminal.descriptor(), POLLIN, 0}}};
    const int ready =
        left.count() <= 0 ? 0 : ::poll(wait.data(), wait.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      throw Failure{ExitCode::kCancelled, "nobody signed in within " + describe(at_most)};
    }
    if (wait[0].revents != 0) return receiver->take();
    Secret line = terminal.read();
    if (!line.empty()) return line;
  }
}

}  // namespace

const char* password_grant_notice() noexcept { return kPasswordGrantNotice; }

void declare_sign_in_flags(CLI::App& parser, SignInFlags& flags) {
  parser.add_option("--username", flags.username, "The resource owner (BBGRANT_USERNAME)")
      ->type_name("NAME");
  parser.add_flag("--password-stdin", flags.password_stdin,
                  "Read the password from standard input; else BBGRANT_PASSWORD, else a prompt");
  add_repeated(parser, "--scope", flags.scopes, "What to ask for; may be repeated", "SCOPE");
  parser.add_flag("--no-browser", flags.no_browser,
                  "Print the address to sign in at, and open nothing");
  parser
      .add_option("--callback-url", flags.callback_url,
                  "As the consumer has it (default: http://127.0.0.1, any port)")
      ->type_name("URL")
      ->check([](const std::string& text) {
        return parse_url(text) ? std::string{} : "expected an absolute http:// or https:// URL";
      });
  add_time(parser, "--browser-timeout", flags.browser_timeout,
           "How long to wait for the browser (default: 5m)");
  flags.password = parser.add_option("--password")->expected(0, 1)->group("");
}

Scopes scopes_of(const SignInFlags& flags, const Config& config) {
  const std::vector<std::string> configured = config.scopes.value_or(std::vector<std::string>{});
  std::string text;
  for (const std::string& scope : flags.scopes.empty() ? configured : flags.scopes) {
    text += (text.empty() ? "" : " ") + scope;
  }
  return Scopes::parse(text);
}

std::optional<Secret> given_password(const SignInFlags& flags) {
  if (flags.password->count() != 0) {
    throw UsageError{
        "--password is not taken: every process on this machine could read it there. Leave it "
        "away to be asked, or use --password-stdin or BBGRANT_PASSWORD. Change the password if "
        "it was a real one"};
  }
  auto from_environment = take_secret_from_environment("BBGRANT_PASSWORD");
  return flags.password_stdin ? read_password(STDIN_FILENO) : std::move(from_environment);
}

Token sign_in_by_password(const Connection& connection, const SignInFlags& flags,
                          const Context& context, std::optional<Secret> password) {
  const Username username = username_of(flags, context.environment);
  const Scopes scopes = scopes_of(flags, connection.settings().config);
  const Client client = connection.client();
  if (!password && !connection.may_prompt()) {
    throw UsageError{"--no-prompt: give the password by --password-stdin or BBGRANT_PASSWORD"};
  }
  if (!password) {
    password = ask_password("Password for " + escape_controls(username.value()) + ": ");
  }
  if (connection.view() != nullptr) connection.view()->credentials_given(username.value());
  return client.password_grant(username, std::move(*password), scopes, connection.timeout());
}

Token sign_in_by_browser(const Connection& connection, const SignInFlags& flags,
                         const Context& context) {
  const Config& config = connection.settings().config;
  // The sandbox's consumer for the command line takes any port there (S76).
  const std::string callback = !flags.callback_url.empty()
                                   ? flags.callback_url
                                   : config.callback_url.value_or("http://127.0.0.1");
  const Scopes scopes = scopes_of(flags, config);
  const Client client = connection.client();
  const auto receiver = receiver_for(callback, connection);
  const TerminalLines terminal{connection.may_prompt()};
  if (!receiver && terminal.descriptor() < 0) {
    throw UsageError{
        "nothing can listen at the callback URL, and there is no terminal to paste the address on: "
        "sign in elsewhere, or name a loopback address with --callback-url"};
  }
  Authorization authorization = client.begin_authorization(
      RedirectUri{receiver ? receiver->redirect_uri() : callback}, scopes);
  if (receiver) receiver->expect(authorization.state);
  // Not talk that --silent may drop: without it nobody could sign in.
  context.output.talk("Sign in at\n  " + authorization.url + "\n");
  if (!flags.no_browser) open_browser(authorization.url, context.environment);
  if (terminal.descriptor() >= 0) {
    connection.say(receiver
                       ? "Where that browser cannot reach this machine, paste here the address "
                         "that it ends on.\n"
                       : "Then paste here the address that the browser ends on.\n");
  }
  const Secret answer = wait_for_callback(receiver.get(), terminal, flags.browser_timeout);
  return client.finish_authorization(std::move(authorization), answer.reveal(),
                                     connection.timeout());
}

}  // namespace bbgrant::cli

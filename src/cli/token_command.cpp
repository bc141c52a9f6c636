// SPDX-License-Identifier: MIT
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>
#include <unistd.h>

#include "cli/command.hpp"
#include "cli/connection.hpp"
#include "cli/option.hpp"
#include "cli/sign_in.hpp"
#include "cli/terminal.hpp"
#include "cli/token_talk.hpp"

namespace bbgrant::cli {
namespace {

struct Flags {
  ClientFlags client;
  SignInFlags sign_in;
  std::string grant;
  std::string subject;
  std::string output;
  bool token_stdin = false;
};

bool talks(const Flags& flags) { return flags.output.empty() && !flags.client.silent; }

Secret refresh_token_of(const Flags& flags) {
  if (flags.token_stdin) return read_secret(STDIN_FILENO, "refresh token");
  if (auto token = take_secret_from_environment("BBGRANT_REFRESH_TOKEN")) return std::move(*token);
  throw UsageError{"the refresh_token grant needs --token-stdin, or BBGRANT_REFRESH_TOKEN"};
}

Token get_token(const Flags& flags, const Context& context) {
  // What is given comes before anything is looked up, so that its fault is found first.
  std::optional<Secret> password = given_password(flags.sign_in);
  Secret refresh_token;
  if (flags.grant == "refresh_token") refresh_token = refresh_token_of(flags);
  if (flags.grant == "jwt" && flags.subject.empty()) {
    throw UsageError{"the jwt grant needs --subject, the account that the token is for"};
  }
  if (flags.grant == "password" && talks(flags)) context.output.talk(password_grant_notice());
  const Connection connection{flags.client, context};
  const Scopes scopes = scopes_of(flags.sign_in, connection.settings().config);
  const std::chrono::milliseconds timeout = connection.timeout();
  if (flags.grant == "password") {
    return sign_in_by_password(connection, flags.sign_in, context, std::move(password));
  }
  if (flags.grant == "authorization_code") {
    return sign_in_by_browser(connection, flags.sign_in, context);
  }
  const Client client = connection.client();
  if (flags.grant == "client_credentials") return client.client_credentials(scopes, timeout);
  if (flags.grant == "refresh_token") return client.refresh(refresh_token, scopes, timeout);
  const Consumer consumer = choose_consumer(connection.settings().config, connection.server());
  return client.jwt_grant(flags.subject, consumer.secret, {}, timeout);
}

ExitCode run(const Flags& flags, const Context& context) {
  const Token token = get_token(flags, context);
  if (talks(flags)) {
    const std::string& name = flags.sign_in.username;
    context.output.talk("Token" + (name.empty() ? "" : " for " + escape_controls(name)) +
                        describe(token) + "\n");
  }
  print_token(context, flags.output, token);
  return ExitCode::kDone;
}

}  // namespace

Run declare_token(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  add_choice(parser, "--grant", flags->grant, "How to get it",
             {"password", "authorization_code", "client_credentials", "refresh_token", "jwt"})
      ->required();
  declare_sign_in_flags(parser, flags->sign_in);
  parser.add_flag("--token-stdin", flags->token_stdin,
                  "Read the refresh token from standard input; else BBGRANT_REFRESH_TOKEN");
  parser.add_option("--subject", flags->subject, "For jwt: the account that the token is for")
      ->type_name("NAME");
  add_choice(parser, "--output", flags->output, "What to print (default: json)",
             {"json", "token", "header"});
  declare_client_flags(parser, flags->client);
  parser.footer(std::string{"Prints the token and stores nothing. Of the password grant: "} +
                password_grant_notice());
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

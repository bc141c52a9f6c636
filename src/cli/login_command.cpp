// SPDX-License-Identifier: MIT
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>

#include "cli/command.hpp"
#include "cli/connection.hpp"
#include "cli/sign_in.hpp"
#include "cli/terminal.hpp"
#include "cli/token_talk.hpp"

namespace bbgrant::cli {
namespace {

struct Flags {
  ClientFlags client;
  SignInFlags sign_in;
};

ExitCode run(const Flags& flags, const Context& context) {
  const bool by_password = !flags.sign_in.username.empty();
  if (!by_password && flags.sign_in.password_stdin) {
    throw UsageError{"--password-stdin needs --username NAME"};
  }
  std::optional<Secret> password = given_password(flags.sign_in);
  if (by_password && !flags.client.silent) context.output.talk(password_grant_notice());
  const Connection connection{flags.client, context};
  if (connection.given_token() != nullptr) {
    connection.say("BBGRANT_ACCESS_TOKEN is set, and goes before the login that is stored now.\n");
  }
  const auto store = connection.store();
  const Token token =
      by_password ? sign_in_by_password(connection, flags.sign_in, context, std::move(password))
                  : sign_in_by_browser(connection, flags.sign_in, context);
  {
    const auto hold = store->hold(connection.timeout(), {});
    store->save(token);
  }
  const auto owner = connection.owner_of(token.access_token);
  connection.say("Signed in to " + escape_controls(connection.server().api_url) +
                 (owner ? " as " + escape_controls(*owner) : "") + describe(token) +
                 "\nStored in " + connection.token_file().string() + "\n");
  return ExitCode::kDone;
}

}  // namespace

Run declare_login(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  declare_sign_in_flags(parser, flags->sign_in);
  declare_client_flags(parser, flags->client);
  parser.footer(
      std::string{"Signs in with the browser (authorization code with PKCE), or with --username by "
                  "the password grant, and keeps the token for the other commands: readable by you "
                  "only, bound to this server. "} +
      password_grant_notice());
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

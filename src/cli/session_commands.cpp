// SPDX-License-Identifier: MIT
// refresh, revoke and logout: what happens to a stored login.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>
#include <unistd.h>

#include "cli/command.hpp"
#include "cli/connection.hpp"
#include "cli/error_report.hpp"
#include "cli/option.hpp"
#include "cli/terminal.hpp"
#include "cli/token_talk.hpp"

namespace bbgrant::cli {
namespace {

ExitCode refresh(const ClientFlags& flags, const Context& context) {
  const Connection connection{flags, context};
  if (!connection.stored_token().refresh_token) {
    throw Failure{ExitCode::kAuthentication,
                  "this login has no refresh token: sign in again with bbgrant login"};
  }
  const auto session = connection.session();
  session->refresh();
  if (const auto token = session->token()) connection.say("Refreshed" + describe(*token) + "\n");
  return ExitCode::kDone;
}

struct RevokeFlags {
  ClientFlags client;
  std::string kind;
  bool token_stdin = false;
};

ExitCode revoke(const RevokeFlags& flags, const Context& context) {
  Secret named;
  if (flags.token_stdin) named = read_secret(STDIN_FILENO, "token");
  const Connection connection{flags.client, context};
  const Client client = connection.client();
  const bool refresh = flags.kind == "refresh";
  if (const Secret* given = connection.given_token(); named.empty() && given != nullptr) {
    named = given->copy();
  }
  if (!named.empty()) {
    const WireKind kind = refresh                  ? WireKind::kRefreshToken
                          : flags.kind == "access" ? WireKind::kAccessToken
                                                   : WireKind::kText;
    client.revoke(named, kind, connection.timeout());
    connection.say("Revoked. A token that the server did not know counts as revoked too.\n");
    return ExitCode::kDone;
  }
  const Token token = connection.stored_token();
  const bool both = flags.kind.empty();
  if (refresh && !token.refresh_token) {
    throw Failure{ExitCode::kAuthentication, "this login has no refresh token"};
  }
  if ((both || refresh) && token.refresh_token) {
    client.revoke(*token.refresh_token, WireKind::kRefreshToken, connection.timeout());
  }
  if (!refresh) client.revoke(token.access_token, WireKind::kAccessToken, connection.timeout());
  // With the refresh token its access tokens end (RFC 7009 section 2.1); without it the login goes
  // on.
  if (flags.kind == "access" && token.refresh_token) {
    connection.say("Revoked the access token. The next call gets a new one.\n");
    return ExitCode::kDone;
  }
  connection.store()->clear();
  connection.say("Revoked, and the login is forgotten.\n");
  return ExitCode::kDone;
}

ExitCode logout(const ClientFlags& flags, const Context& context) {
  const Connection connection{flags, context};
  const std::string& server = connection.server().api_url;
  const auto store = connection.store();
  std::optional<Token> token;
  bool was_there = true;
  try {
    token = store->load();
    was_there = token.has_value();
  } catch (const ConfigError& error) {
    connection.say(escape_controls(error.what()) + ": it is removed all the same.\n");
  }
  store->clear();
  if (!was_there) {
    connection.say("Nobody was signed in at " + server + ".\n");
    return ExitCode::kDone;
  }
  connection.say("Signed out of " + server + ": the login is forgotten.\n");
  if (!token) return ExitCode::kDone;
  if (connection.server().revoke_url.empty()) {
    connection.say("This server revokes nothing: the token lives until it expires.\n");
    return ExitCode::kDone;
  }
  try {
    const Client client = connection.client();
    if (token->refresh_token) {
      client.revoke(*token->refresh_token, WireKind::kRefreshToken, connection.timeout());
    }
    client.revoke(token->access_token, WireKind::kAccessToken, connection.timeout());
  } catch (const Error&) {
    const ExitCode code = report_current_exception(context.output);
    context.output.talk("bbgrant: the token is not revoked and lives until it expires\n");
    return code;
  }
  return ExitCode::kDone;
}

}  // namespace

Run declare_refresh(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<ClientFlags>();
  declare_client_flags(parser, *flags);
  parser.footer(
      "Replaces the stored access token now. The other commands do it by themselves when needed.");
  return [flags, &context] { return refresh(*flags, context); };
}

Run declare_revoke(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<RevokeFlags>();
  parser.add_flag("--token-stdin", flags->token_stdin, "Read the token from standard input");
  add_choice(parser, "--kind", flags->kind, "Which token (default: both of the stored login)",
             {"access", "refresh"});
  declare_client_flags(parser, flags->client);
  parser.footer(
      "Ends a token at the server: one from standard input, else that in BBGRANT_ACCESS_TOKEN, "
      "else "
      "the stored login's. Bitbucket Cloud has no such endpoint.");
  return [flags, &context] { return revoke(*flags, context); };
}

Run declare_logout(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<ClientFlags>();
  declare_client_flags(parser, *flags);
  parser.footer("Forgets the stored login, and revokes it where the server can.");
  return [flags, &context] { return logout(*flags, context); };
}

}  // namespace bbgrant::cli

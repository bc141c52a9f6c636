// SPDX-License-Identifier: MIT
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/command.hpp"
#include "cli/connection.hpp"
#include "cli/option.hpp"
#include "cli/terminal.hpp"
#include "cli/token_talk.hpp"

namespace bbgrant::cli {
namespace {

using nlohmann::ordered_json;

struct Flags {
  ClientFlags client;
  std::string kind;
  bool token_stdin = false;
};

// As RFC 7662 would say it, as far as the token's own answer said it.
ordered_json known_here(const Connection& connection, const Token& token) {
  ordered_json json;
  json["source"] = "what was said when the token was given; the server was not asked";
  if (const auto end = token.expires_at()) {
    json["active"] = !token.expired(connection.client().now(), std::chrono::seconds{0});
    json["exp"] = end->time_since_epoch().count();
    json["iat"] = token.issued_at.time_since_epoch().count();
  }
  if (token.scopes) json["scope"] = token.scopes->text();
  json["client_id"] = connection.key().value();
  json["token_type"] = token.token_type;
  return json;
}

ordered_json inspect(const Connection& connection, const Token& token, WireKind kind) {
  const bool refresh = kind == WireKind::kRefreshToken;
  if (refresh && !token.refresh_token) {
    throw Failure{ExitCode::kAuthentication, "this login has no refresh token"};
  }
  if (connection.server().introspect_url.empty()) return known_here(connection, token);
  try {
    const Introspection answer = connection.client().introspect(
        refresh ? *token.refresh_token : token.access_token, kind, connection.timeout());
    return ordered_json::parse(answer.answer);
  } catch (const OAuthError& error) {
    if (error.status() != 404) throw;
  } catch (const ProtocolError& error) {
    if (error.status() != 404) throw;
  }
  // Another server with Bitbucket's paths.
  return known_here(connection, token);
}

ExitCode run(const Flags& flags, const Context& context) {
  Secret named;
  if (flags.token_stdin) named = read_secret(STDIN_FILENO, "token");
  const Connection connection{flags.client, context};
  WireKind kind = WireKind::kText;
  if (flags.kind == "access") kind = WireKind::kAccessToken;
  if (flags.kind == "refresh") kind = WireKind::kRefreshToken;
  Token token;
  if (named.empty()) {
    token = connection.any_token();
  } else {
    token.refresh_token = named.copy();
    token.access_token = std::move(named);
  }
  std::string text = inspect(connection, token, kind).dump(2) + "\n";
  if (context.output.data_to_terminal()) text = escape_controls(text);
  context.output.data(text);
  return ExitCode::kDone;
}

}  // namespace

Run declare_inspect(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  parser.add_flag("--token-stdin", flags->token_stdin, "Read the token from standard input");
  add_choice(parser, "--kind", flags->kind, "Which token (default: access)", {"access", "refresh"});
  declare_client_flags(parser, flags->client);
  parser.footer(
      "What the server says of a token (RFC 7662); where it offers no introspection, what is known "
      "here. One from standard input, else BBGRANT_ACCESS_TOKEN, else the stored login's.");
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

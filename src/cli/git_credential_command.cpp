// SPDX-License-Identifier: MIT
// A credential helper for git: gitcredentials(7), git-credential(1).
#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>
#include <unistd.h>

#include "cli/command.hpp"
#include "cli/connection.hpp"
#include "cli/setting.hpp"
#include "cli/terminal.hpp"
#include "cli/url.hpp"

namespace bbgrant::cli {
namespace {

// The name that Bitbucket takes beside a token.
constexpr std::string_view kUser = "x-token-auth";

struct Flags {
  ClientFlags client;
  std::string action;
};

// What git says of the credential that it wants, has used, or was refused.
using Asked = std::map<std::string, Secret, std::less<>>;

Asked read_attributes() {
  const Secret text = read_secret(STDIN_FILENO, "credential", std::size_t{64} * 1024);
  std::string_view rest = text.reveal();
  // S87: git itself allows no line end in a value; the other two have fooled helpers.
  if (rest.find_first_of(std::string_view{"\r\0", 2}) != std::string_view::npos) {
    throw Failure{ExitCode::kFailure, "git sent a carriage return or a NUL in a field"};
  }
  Asked asked;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) break;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    asked.insert_or_assign(std::string{line.substr(0, equals)}, Secret{line.substr(equals + 1)});
  }
  return asked;
}

std::string_view value_of(const Asked& asked, std::string_view name) {
  const auto found = asked.find(name);
  return found == asked.end() ? std::string_view{} : found->second.reveal();
}

// Scheme, host and port, so that equal origins are equal.
std::string origin_of(const std::string& text) {
  const auto url = parse_url(text);
  if (!url) return {};
  const bool tls = text.starts_with("https:");
  return std::string{tls ? "https://" : "http://"} + url->host + ":" +
         std::to_string(url->port.value_or(tls ? 443 : 80));
}

// S98: a token goes to the origins that it is bound to only.
bool is_for(const Server& server, const Asked& asked) {
  const std::string_view user = value_of(asked, "username");
  if (!user.empty() && user != kUser) return false;
  const std::string wanted = origin_of(std::string{value_of(asked, "protocol")} + "://" +
                                       std::string{value_of(asked, "host")});
  return !wanted.empty() &&
         (wanted == origin_of(server.api_url) || wanted == origin_of(server.token_url));
}

void add(Secret& text, std::string_view name, std::string_view value) {
  for (const std::string_view part : {name, std::string_view{"="}, value, std::string_view{"\n"}}) {
    text.append(part);
  }
}

ExitCode get(const Connection& connection, const Context& context) {
  Secret text;
  add(text, "username", kUser);
  if (const Secret* given = connection.given_token()) {
    add(text, "password", given->reveal());
  } else {
    // Nobody is signed in: git asks its other helpers.
    if (!connection.store()->load()) return ExitCode::kDone;
    const auto session = connection.session();
    add(text, "password", session->access_token().reveal());
    const auto token = session->token();
    if (const auto end = token ? token->expires_at() : std::nullopt) {
      add(text, "password_expiry_utc", std::to_string(end->time_since_epoch().count()));
    }
    if (token && token->refresh_token) {
      add(text, "oauth_refresh_token", token->refresh_token->reveal());
    }
  }
  context.output.data(text);
  return ExitCode::kDone;
}

// What another helper got is kept as a login, unless there is one. Never a person's password.
ExitCode store(const Connection& connection, const Asked& asked) {
  const auto store = connection.store();
  if (value_of(asked, "username") != kUser || value_of(asked, "password").empty()) {
    return ExitCode::kDone;
  }
  if (connection.given_token() || store->load()) return ExitCode::kDone;
  Token token;
  token.access_token = Secret{value_of(asked, "password")};
  token.token_type = "bearer";
  token.issued_at = connection.client().now();
  if (const auto refresh = value_of(asked, "oauth_refresh_token"); !refresh.empty()) {
    token.refresh_token = Secret{refresh};
  }
  if (const auto end = parse_number(value_of(asked, "password_expiry_utc"))) {
    token.expires_in =
        std::max(std::chrono::sys_seconds{std::chrono::seconds{*end}} - token.issued_at,
                 std::chrono::seconds{0});
  }
  const auto hold = store->hold(connection.timeout(), {});
  store->save(token);
  return ExitCode::kDone;
}

// git was refused: the token is dead, the refresh token need not be (S42).
ExitCode erase(const Connection& connection, const Asked& asked) {
  const auto store = connection.store();
  const auto token = store->load();
  const std::string_view refused = value_of(asked, "password");
  if (!token || (!refused.empty() && refused != token->access_token.reveal())) {
    return ExitCode::kDone;
  }
  if (refused.empty() || !token->refresh_token) {
    store->clear();
  } else {
    connection.session()->refresh();
  }
  return ExitCode::kDone;
}

ExitCode run(const Flags& flags, const Context& context) {
  // gitcredentials(7): an action that is not known is passed over in silence.
  if (flags.action != "get" && flags.action != "store" && flags.action != "erase") {
    return ExitCode::kDone;
  }
  const Asked asked = read_attributes();
  const Connection connection{flags.client, context};
  if (!is_for(connection.server(), asked)) return ExitCode::kDone;
  if (flags.action == "get") return get(connection, context);
  if (flags.action == "store") return store(connection, asked);
  return erase(connection, asked);
}

}  // namespace

Run declare_git_credential(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  parser.add_option("action", flags->action, "As git asks; others are passed over")
      ->type_name("get|store|erase")
      ->required();
  declare_client_flags(parser, flags->client);
  parser.footer(
      "A credential helper for git, for the server of the settings and no other: it answers with "
      "the login of bbgrant login, refreshed when needed. To set it up for good:\n"
      "  git config --global credential.http://localhost:7990.helper '!bbgrant git-credential'");
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

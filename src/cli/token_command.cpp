// SPDX-License-Identifier: MIT
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/client_flags.hpp"
#include "cli/client_settings.hpp"
#include "cli/command.hpp"
#include "cli/duration.hpp"
#include "cli/terminal.hpp"
#include "cli/url.hpp"

namespace bbgrant::cli {
namespace {

// S72. The same words stand wherever the grant can be chosen.
constexpr const char* kPasswordGrantNotice =
    "This grant hands your password to the app. RFC 9700 says it must not be used, OAuth 2.1 "
    "leaves "
    "it out and Bitbucket Cloud has switched it off; use it to learn, to test, or to leave it.\n"
    "The way off it: authorization code with PKCE for people, client credentials for machines "
    "(RFC 9700 section 2.4).\n";

struct Flags {
  ClientFlags client;
  std::string grant;
  std::string username;
  bool password_stdin = false;
  std::vector<std::string> scopes;
  std::string output;
};

Username username_of(const Flags& flags, const Environment& environment) {
  if (!flags.username.empty()) return Username{flags.username};
  if (auto name = environment("BBGRANT_USERNAME")) return Username{std::move(*name)};
  throw UsageError{"the password grant needs --username NAME, or BBGRANT_USERNAME"};
}

// S45: from standard input or the environment, or else asked for on the terminal; an argument could
// be read by every process of the machine.
std::optional<Secret> given_password(const Flags& flags) {
  auto from_environment = take_secret_from_environment("BBGRANT_PASSWORD");
  return flags.password_stdin ? read_password(STDIN_FILENO) : std::move(from_environment);
}

Scopes scopes_of(const Flags& flags, const Config& config) {
  const std::vector<std::string> configured = config.scopes.value_or(std::vector<std::string>{});
  std::string text;
  for (const std::string& scope : flags.scopes.empty() ? configured : flags.scopes) {
    text += (text.empty() ? "" : " ") + scope;
  }
  return Scopes::parse(text);
}

void summarize(const Context& context, const Username& username, const Token& token) {
  std::string text = "Token for " + escape_controls(username.value());
  if (token.expires_in) text += ", good for " + describe(*token.expires_in);
  if (token.scopes) {
    std::string scopes;
    for (const std::string& scope : *token.scopes) scopes += (scopes.empty() ? "" : ", ") + scope;
    text += ": " + (scopes.empty() ? "no scopes" : escape_controls(scopes));
  }
  context.output.talk(text + "\n");
}

void print(const Context& context, const std::string& format, const Token& token) {
  Secret text;
  if (format == "token") {
    text.append(token.access_token.reveal());
  } else if (format == "header") {
    text.append("Authorization: Bearer ");
    text.append(token.access_token.reveal());
  } else {
    // The server's own order of members.
    text = Secret{nlohmann::ordered_json::parse(token.answer.reveal()).dump(2)};
  }
  // S87: raw only when piped.
  if (context.output.data_to_terminal()) text = Secret{escape_controls(text.reveal())};
  text.append("\n");
  context.output.data(text);
}

ExitCode run(const Flags& flags, const Context& context) {
  if (flags.grant != "password") throw UsageError{"--grant: expected password"};
  auto password = given_password(flags);
  Settings settings = client_settings(flags.client, context);
  const Config& config = settings.config;
  const Username username = username_of(flags, context.environment);
  const Scopes scopes = scopes_of(flags, config);
  // Before an issuer is asked anything.
  if (config.server && parse_url(config.server->name_or_url)) {
    check_consumer(config, config.server->name_or_url);
  }
  const bool talks = flags.output.empty();
  if (talks) context.output.talk(kPasswordGrantNotice);

  const auto view = wire_view(flags.client, context, WireView::Lane::kAuthorizationServer);
  // The look-up is no part of the grant, so the view does not show it.
  Options quiet;
  Server server = choose_server(config, quiet);
  Options options = client_options(view);
  options.authentication = quiet.authentication;
  Consumer consumer = choose_consumer(settings.config, server);
  const Client client{std::move(server), std::move(consumer.key), std::move(consumer.secret),
                      std::move(options)};
  if (!password) {
    password = ask_password("Password for " + escape_controls(username.value()) + ": ");
  }
  if (view) view->credentials_given(username.value());
  const Token token = client.password_grant(username, std::move(*password), scopes);
  if (talks) summarize(context, username, token);
  print(context, flags.output, token);
  return ExitCode::kDone;
}

}  // namespace

Run declare_token(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  parser.add_option("--grant", flags->grant, "password")->required()->type_name("GRANT");
  parser.add_option("--username", flags->username, "The resource owner (BBGRANT_USERNAME)")
      ->type_name("NAME");
  parser.add_flag("--password-stdin", flags->password_stdin,
                  "Read the password from standard input; else BBGRANT_PASSWORD, else a prompt");
  parser.add_option("--scope", flags->scopes, "What to ask for; may be repeated")
      ->type_name("SCOPE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  parser.add_option("--output", flags->output, "json (default), token or header")
      ->type_name("FORMAT")
      ->check([](const std::string& text) {
        const bool known = text == "json" || text == "token" || text == "header";
        return known ? std::string{} : std::string{"expected json, token or header"};
      });
  declare_client_flags(parser, flags->client);
  // Not in the help: it exists to say why it does not exist.
  const CLI::Option* password = parser.add_option("--password")->expected(0, 1)->group("");
  parser.footer(std::string{"Prints the token and stores nothing. "} + kPasswordGrantNotice);
  return [flags, password, &context] {
    if (password->count() != 0) {
      throw UsageError{
          "--password is not taken: every process on this machine could read it there. Leave it "
          "away to be asked, or use --password-stdin or BBGRANT_PASSWORD. Change the password if "
          "it was a real one"};
    }
    return run(*flags, context);
  };
}

}  // namespace bbgrant::cli

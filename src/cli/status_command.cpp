// SPDX-License-Identifier: MIT
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/connection.hpp"
#include "cli/duration.hpp"
#include "cli/error_report.hpp"
#include "cli/terminal.hpp"
#include "cli/token_talk.hpp"

namespace bbgrant::cli {
namespace {

using std::chrono::sys_seconds;

struct Flags {
  ClientFlags client;
  bool json = false;
};

// What is known of the login; never the token (S41).
struct Login {
  const Server& server;
  std::string source;
  Token token;
  sys_seconds now;
  std::optional<std::string> owner;
  /// The server does not take the access token.
  bool refused = false;

  [[nodiscard]] bool expired() const { return token.expired(now, std::chrono::seconds{0}); }
  [[nodiscard]] bool usable() const {
    return (!expired() && !refused) || token.refresh_token.has_value();
  }
};

std::string until(const Login& login) {
  const auto end = login.token.expires_at();
  if (login.refused) return "the server does not take the access token any more";
  if (!end) return "unknown: until the server refuses it";
  if (login.expired()) return time_text(*end) + ", expired";
  return time_text(*end) + ", for " + roughly(*end - login.now);
}

std::string for_people(const Login& login) {
  const char* owner = "unknown: the API does not say it to this token";
  std::string text = "Server        " + login.server.api_url + "\n";
  text += "Signed in as  " + login.owner.value_or(owner) + "\n";
  text += "Token from    " + login.source + "\n";
  text += "Good until    " + until(login) + "\n";
  text += std::string{"Can refresh   "} +
          (login.token.refresh_token ? "yes, by itself when needed" : "no") + "\n";
  if (login.token.scopes) {
    text += "Scopes        " + (login.token.scopes->empty() ? "none" : login.token.scopes->text()) +
            "\n";
  }
  return text;
}

std::string for_programs(const Login& login) {
  nlohmann::ordered_json json;
  json["server"] = login.server.api_url;
  json["user"] = login.owner ? nlohmann::ordered_json(*login.owner) : nullptr;
  json["source"] = login.source;
  const auto end = login.token.expires_at();
  json["expires_at"] =
      end ? nlohmann::ordered_json(end->time_since_epoch().count()) : nlohmann::ordered_json();
  json["usable"] = login.usable();
  json["can_refresh"] = login.token.refresh_token.has_value();
  if (login.token.scopes) json["scopes"] = login.token.scopes->text();
  return json.dump() + "\n";
}

ExitCode run(const Flags& flags, const Context& context) {
  const Connection connection{flags.client, context};
  const bool given = connection.given_token() != nullptr;
  Login login{connection.server(),
              given ? "BBGRANT_ACCESS_TOKEN, which goes before a stored login"
                    : connection.token_file().string(),
              connection.any_token(),
              connection.client().now(),
              {}};
  ExitCode code = ExitCode::kDone;
  try {
    if (!login.expired()) login.owner = connection.owner_of(login.token.access_token);
  } catch (const ApiError&) {
    login.refused = true;
  } catch (const TransportError&) {
    // What is known without the server is still worth having.
    code = report_current_exception(context.output);
  }
  std::string text = flags.json ? for_programs(login) : for_people(login);
  if (context.output.data_to_terminal()) text = escape_controls(text);
  context.output.data(text);
  if (login.usable()) return code;
  throw Failure{ExitCode::kAuthentication,
                given ? "the token in BBGRANT_ACCESS_TOKEN is no longer good: get another one"
                      : "the login is no longer good: sign in again with bbgrant login"};
}

}  // namespace

Run declare_status(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  parser.add_flag("--json", flags->json, "One line of JSON");
  declare_client_flags(parser, flags->client);
  parser.footer("Who is signed in, from where, until when, and whether it can be refreshed.");
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include "cli/connection.hpp"

#include <utility>

#include <CLI/CLI.hpp>
#include <bbgrant/error.hpp>
#include <nlohmann/json.hpp>

#include "cli/option.hpp"
#include "cli/spinner.hpp"
#include "cli/url.hpp"

namespace bbgrant::cli {
namespace {

// Good as a part of a file's name, and no two keys become one.
std::string file_part(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string part;
  for (const char letter : text) {
    const bool plain = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                       (letter >= 'A' && letter <= 'Z') || letter == '-' || letter == '.' ||
                       letter == '_';
    const auto byte = static_cast<unsigned char>(letter);
    if (plain) {
      part += letter;
    } else {
      part.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    }
  }
  return part;
}

}  // namespace

void declare_client_flags(CLI::App& parser, ClientFlags& flags) {
  parser.add_option("--server", flags.server, "sandbox, bitbucket, or the URL of an issuer")
      ->type_name("SERVER");
  parser
      .add_option("--config", flags.config,
                  "Settings (default: $XDG_CONFIG_HOME/bbgrant/config.json)")
      ->type_name("FILE");
  add_time(parser, "--timeout", flags.timeout, "For each exchange (default: 30s)");
  parser.add_flag("-v,--verbose", flags.verbose, "Show what goes over the wire, secrets masked");
  parser.add_flag("-s,--silent", flags.silent, "Say nothing on standard error but errors");
  parser.add_flag("--no-prompt", flags.no_prompt, "Never ask; fail where an answer is needed");
}

Settings client_settings(const ClientFlags& flags, const Context& context) {
  Config from_flags;
  if (!flags.server.empty()) set_flag(from_flags, "--server", "server", flags.server);
  const auto config_flag = flags.config.empty() ? std::nullopt : std::optional{flags.config};
  return resolve_settings(std::move(from_flags), config_flag, ConfigFile::kUserFolder,
                          context.environment);
}

Connection::Connection(const ClientFlags& flags, const Context& context, As as)
    : flags_(flags),
      context_(context),
      given_token_(take_secret_from_environment("BBGRANT_ACCESS_TOKEN")),
      settings_(client_settings(flags, context)),
      transport_(flags.silent ? curl_transport() : with_spinner(curl_transport(), context)) {
  const Config& config = settings_.config;
  const bool named = config.server && parse_url(config.server->name_or_url);
  if (as == As::kConsumer && named) check_consumer(config, config.server->name_or_url);
  if (flags.verbose) {
    const Output& output = context.output;
    view_ = std::make_shared<WireView>(
        WireView::Look{output.colour(), output.unicode(), output.width()},
        [&output](std::string_view text) { output.talk(text); });
  }
  // The look-up is no part of what was asked for, so the view does not show it.
  Options quiet;
  quiet.transport = transport_;
  server_ = choose_server(config, quiet);
  authentication_ = quiet.authentication;
  if (as == As::kConsumer) check_consumer(config, server_.token_url);
}

void Connection::say(std::string_view text) const {
  if (!flags_.silent) context_.output.talk(text);
}

Options Connection::options(WireView::Lane server) const {
  Options options;
  options.authentication = authentication_;
  options.transport = transport_;
  if (view_) {
    options.observer = [view = view_, server](const Exchange& exchange) {
      view->exchange(exchange, server);
    };
  }
  return options;
}

ConsumerKey Connection::key() const { return choose_consumer(settings_.config, server_).key; }

Client Connection::client() const {
  Consumer consumer = choose_consumer(settings_.config, server_);
  return {server_, std::move(consumer.key), std::move(consumer.secret),
          options(WireView::Lane::kAuthorizationServer)};
}

ApiClient Connection::api() const {
  return ApiClient{server_, options(WireView::Lane::kResourceServer)};
}

std::filesystem::path Connection::token_file() const {
  const auto folder = state_folder(context_.environment);
  if (!folder) throw UsageError{"there is no folder for the login: set XDG_STATE_HOME, or HOME"};
  const auto url = parse_url(server_.token_url);
  const std::string scheme = server_.token_url.substr(0, server_.token_url.find(':'));
  std::string name = scheme + "_" + file_part(url ? url->host : std::string{});
  if (url && url->port) name += "_" + std::to_string(*url->port);
  return *folder / (name + "_" + file_part(key().value()) + ".json");
}

std::shared_ptr<TokenStore> Connection::store() const {
  return file_token_store(token_file(), server_, key());
}

std::unique_ptr<Session> Connection::session() const {
  return std::make_unique<Session>(client(), api(), store(),
                                   SessionOptions{.refresh_timeout = timeout()});
}

Token Connection::stored_token() const {
  std::optional<Token> token;
  if (state_folder(context_.environment)) token = store()->load();
  if (token) return std::move(*token);
  throw Failure{ExitCode::kAuthentication,
                "nobody is signed in at " + server_.api_url +
                    ": sign in with bbgrant login, or set BBGRANT_ACCESS_TOKEN"};
}

Token Connection::any_token() const {
  if (!given_token_) return stored_token();
  Token token;
  token.access_token = given_token_->copy();
  token.token_type = "bearer";
  return token;
}

std::optional<std::string> Connection::owner_of(const Secret& access_token) const {
  ApiRequest request;
  request.target = "/2.0/user";
  request.timeout = timeout();
  try {
    const auto user = api().send(request, access_token).json();
    for (const char* name : {"nickname", "username", "display_name"}) {
      const auto found = user.is_object() ? user.find(name) : user.end();
      if (found != user.end() && found->is_string()) return found->get<std::string>();
    }
  } catch (const ApiError& error) {
    // 403: no scope for it; 404: not Bitbucket.
    if (error.status() == 401) throw;
    return std::nullopt;
  } catch (const ProtocolError&) {
    return std::nullopt;  // another kind of server
  }
  return std::nullopt;
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>
#include <nlohmann/json.hpp>

#include "cli/client_flags.hpp"
#include "cli/client_settings.hpp"
#include "cli/command.hpp"
#include "cli/error_report.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {
namespace {

constexpr const char* kTokenMissing =
    "no access token: set BBGRANT_ACCESS_TOKEN, for example with\n"
    "  export BBGRANT_ACCESS_TOKEN=$(bbgrant token --grant password --username alice --output "
    "token)";

struct Flags {
  ClientFlags client;
  std::string target;
  std::string method = "GET";
  bool include = false;
};

void print(const Context& context, const Flags& flags, int status, const Headers& headers,
           const std::string& body) {
  const bool terminal = context.output.data_to_terminal();
  std::string text;
  if (flags.include) {
    text += "HTTP " + std::to_string(status) + "\n";
    for (const auto& [name, value] : headers)
      text.append(name).append(": ").append(value).append("\n");
    text += "\n";
  }
  // Pretty for people, untouched for programs.
  const auto json = terminal ? nlohmann::ordered_json::parse(body, nullptr, false)
                             : nlohmann::ordered_json(nlohmann::ordered_json::value_t::discarded);
  text += json.is_discarded() ? body : json.dump(2) + "\n";
  if (terminal) {
    text = escape_controls(text);
    if (!text.ends_with('\n')) text += '\n';
  }
  context.output.data(text);
}

ExitCode run(const Flags& flags, const Context& context) {
  const Settings settings = client_settings(flags.client, context);
  const auto token = take_secret_from_environment("BBGRANT_ACCESS_TOKEN");
  if (!token) throw Failure{ExitCode::kAuthentication, kTokenMissing};

  const auto view = wire_view(flags.client, context, WireView::Lane::kResourceServer);
  // The look-up is no call of the API.
  Options quiet;
  Server server = choose_server(settings.config, quiet);
  const ApiClient api{std::move(server), client_options(view)};
  ApiRequest request;
  request.method = flags.method;
  request.target = flags.target;
  try {
    const ApiResponse response = api.send(request, *token);
    print(context, flags, response.status, response.headers, response.body);
    return ExitCode::kDone;
  } catch (const ApiError& error) {
    // The server's answer is data, also when it is a refusal.
    print(context, flags, error.status(), error.answer().headers, error.answer().masked_body);
    return report_current_exception(context.output);
  }
}

}  // namespace

Run declare_api(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  parser.add_option("path", flags->target, "Such as /2.0/user, or a URL of the same server")
      ->required();
  parser.add_option("-X,--method", flags->method, "GET (default), POST, PUT, DELETE, ...")
      ->type_name("METHOD");
  parser.add_flag("-i,--include", flags->include, "Print status and headers too");
  declare_client_flags(parser, flags->client);
  parser.footer(
      "Uses the access token in BBGRANT_ACCESS_TOKEN, and sends it to the chosen server only.\n"
      "The body goes to standard output: pretty on a terminal, as it came when piped.");
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

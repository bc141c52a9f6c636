// SPDX-License-Identifier: MIT
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <bbgrant/bbgrant.hpp>
#include <nlohmann/json.hpp>

#include "cli/api_body.hpp"
#include "cli/command.hpp"
#include "cli/connection.hpp"
#include "cli/error_report.hpp"
#include "cli/jq_filter.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {
namespace {

using nlohmann::ordered_json;

struct Flags {
  ClientFlags client;
  ApiFields fields;
  std::string target;
  std::string method;
  std::string jq;
  bool paginate = false;
  bool include = false;
};

class Printer {
 public:
  Printer(const Flags& flags, const Context& context) : flags_(flags), context_(context) {
    if (!flags.jq.empty()) jq_.emplace(flags.jq);
  }

  void answer(int status, const Headers& headers, const std::string& body) const {
    if (flags_.include) {
      std::string head = "HTTP " + std::to_string(status) + "\n";
      for (const auto& [name, value] : headers) {
        head.append(name).append(": ").append(value).append("\n");
      }
      print(head + "\n");
    }
    if (jq_ && status < 400) {
      filtered(body);
      return;
    }
    // Pretty for people, untouched for programs.
    const auto json = terminal() ? ordered_json::parse(body, nullptr, false)
                                 : ordered_json(ordered_json::value_t::discarded);
    std::string text = json.is_discarded() ? body : json.dump(2) + "\n";
    if (terminal() && !text.ends_with('\n')) text += '\n';
    print(text);
  }

  // One page of a list: its items continue the one array that the output is.
  void page(const std::string& body) {
    if (jq_) {
      filtered(body);
      return;
    }
    const auto json = ordered_json::parse(body, nullptr, false);
    if (!json.is_object() || !json.contains("values") || !json.at("values").is_array()) return;
    for (const ordered_json& item : json.at("values")) {
      print((items_++ == 0 ? "[\n" : ",\n") + item.dump(terminal() ? 2 : -1));
    }
  }
  void end_of_pages() const {
    if (!jq_) print(items_ == 0 ? "[]\n" : "\n]\n");
  }

 private:
  [[nodiscard]] bool terminal() const { return context_.output.data_to_terminal(); }
  void filtered(const std::string& body) const { print(jq_->run(body, terminal())); }
  // S87: raw only when piped.
  void print(const std::string& text) const {
    context_.output.data(terminal() ? escape_controls(text) : text);
  }

  const Flags& flags_;
  const Context& context_;
  std::optional<JqFilter> jq_;
  std::size_t items_ = 0;
};

ExitCode run(const Flags& flags, const Context& context) {
  if (flags.paginate && (flags.include || (!flags.method.empty() && flags.method != "GET"))) {
    throw UsageError{"--paginate reads a list: it goes with GET only, and without --include"};
  }
  Printer printer{flags, context};
  ApiRequest request = request_of(flags.fields, flags.target, flags.method, flags.paginate);

  const Connection connection{flags.client, context, Connection::As::kAnybody};
  request.timeout = connection.timeout();
  std::function<ApiResponse(const ApiRequest&)> send;
  std::unique_ptr<Session> session;
  const ApiClient api = connection.api();
  if (const Secret* given = connection.given_token()) {
    send = [&api, given](const ApiRequest& call) { return api.send(call, *given); };
  } else {
    // Said before anything is built on it.
    static_cast<void>(connection.stored_token());
    session = connection.session();
    send = [&](const ApiRequest& call) { return session->send(call); };
  }
  try {
    if (!flags.paginate) {
      const ApiResponse response = send(request);
      printer.answer(response.status, response.headers, response.body);
      return ExitCode::kDone;
    }
    const Items items{[&](const std::string& target) {
                        request.target = target;
                        ApiResponse response = send(request);
                        printer.page(response.body);
                        return response;
                      },
                      request.target};
    for (auto item = items.begin(); item != Items::end(); ++item) {
      // Each page was printed when it came; this asks for the next one.
    }
    printer.end_of_pages();
    return ExitCode::kDone;
  } catch (const ApiError& error) {
    // The server's answer is data, also when it is a refusal.
    printer.answer(error.status(), error.answer().headers, error.answer().masked_body);
    return report_current_exception(context.output);
  }
}

}  // namespace

Run declare_api(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  parser.add_option("path", flags->target, "Such as /2.0/user, or a URL of the same server")
      ->required();
  parser
      .add_option("-X,--method", flags->method, "GET (default; with a body POST), PUT, DELETE ...")
      ->type_name("METHOD");
  declare_api_fields(parser, flags->fields);
  parser.add_flag("--paginate", flags->paginate, "Follow the next links: all items as one array");
  parser.add_option("--jq", flags->jq, "Print what this jq filter makes of each answer")
      ->type_name("FILTER");
  parser.add_flag("-i,--include", flags->include, "Print status and headers too");
  declare_client_flags(parser, flags->client);
  parser.footer(
      "Uses the access token in BBGRANT_ACCESS_TOKEN, else the login of bbgrant login, which it "
      "refreshes when needed; sends it to the chosen server only. The body goes to standard "
      "output: "
      "pretty on a terminal, as it came when piped.");
  return [flags, &context] { return run(*flags, context); };
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include "cli/token_talk.hpp"

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include "cli/duration.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {

std::string describe(const Token& token) {
  std::string text;
  if (token.expires_in) text += ", good for " + describe(*token.expires_in);
  if (token.scopes) {
    std::string scopes;
    for (const std::string& scope : *token.scopes) scopes += (scopes.empty() ? "" : ", ") + scope;
    text += ": " + (scopes.empty() ? "no scopes" : escape_controls(scopes));
  }
  return text;
}

std::string time_text(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

void print_token(const Context& context, const std::string& format, const Token& token) {
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

}  // namespace bbgrant::cli

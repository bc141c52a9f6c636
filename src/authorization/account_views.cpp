// SPDX-License-Identifier: MIT
#include "authorization/account_views.hpp"

#include <nlohmann/json.hpp>

#include "authorization/redirect_uri.hpp"
#include "authorization/scope_words.hpp"
#include "http/form.hpp"
#include "pages/page.hpp"

namespace bbgrant::authorization {

ReturnTo ReturnTo::read(const http::Form& form) {
  return {.ticket = std::string{form.get("ticket").value_or("")},
          .workspace = std::string{form.get("workspace").value_or("")}};
}

std::string ReturnTo::path() const {
  if (ticket.empty() && workspace.empty()) return "/site/oauth2/authorize";
  if (!ticket.empty()) return "/site/oauth2/authorize/" + http::encode_segment(ticket);
  return "/" + http::encode_segment(workspace) + "/workspace/settings/api";
}

nlohmann::json account_view(const http::Request& request, std::string_view title,
                            const Visit& visit, const ReturnTo& next) {
  return {{"title", title},
          {"server", request.host},
          {"form_token", PageSessions::form_token(visit)},
          {"ticket", next.ticket},
          {"workspace", next.workspace}};
}

nlohmann::json asks_view(const store::Consumer& consumer, const ScopeSet& scopes,
                         std::string_view redirect_uri) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& scope : scopes) {
    list.push_back({{"name", scope}, {"meaning", meaning_of_scope(scope)}});
  }
  return {{"app", consumer.name},
          {"description", consumer.description},
          {"scopes", list},
          {"any", !scopes.empty()},
          {"back", place_of(redirect_uri)}};
}

http::Response account_notice(const http::Request& request, int status, std::string_view heading,
                              const std::vector<std::string>& paragraphs) {
  return pages::page(status, "account_notice",
                     {{"title", heading}, {"server", request.host}, {"paragraphs", paragraphs}});
}

}  // namespace bbgrant::authorization

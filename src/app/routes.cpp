// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/edited_request.hpp"
#include "app/endpoints.hpp"
#include "app/site.hpp"
#include "app/transcript_export.hpp"
#include "http/form.hpp"
#include "pages/asset.hpp"
#include "pages/page.hpp"

namespace bbgrant::app {

namespace {

nlohmann::json signed_out_words(bool revoked, bool can_revoke) {
  const std::string_view means =
      revoked ? "Nothing of it is left here: neither token nor transcript."
      : can_revoke
          ? "The server did not confirm that the token is revoked. Nothing of it is left here, but "
            "it lives until it expires."
          : "This server has no revocation endpoint. Nothing of the token is left here, but it "
            "lives until it expires.";
  return {
      {"title", "Signed out"},
      {"happened",
       nlohmann::json::array(
           {{{"text", revoked ? "The token was revoked at the server, and the session has ended."
                              : "The session has ended."},
             {"kind", ""}}})},
      {"means", means},
      {"todo", "Start again whenever you like."},
      {"actions", nlohmann::json::array({{{"label", "Sign in again"},
                                          {"href", "/#step-3"},
                                          {"primary", true},
                                          {"action", ""}}})},
      {"refused", false},
      {"icon", "i-check"}};
}

boost::asio::awaitable<http::Response> get_tour(Site& site, http::Request& request) {
  const auto parsed = http::parse_form(request.query);
  const auto* query = std::get_if<http::Form>(&parsed);
  const Sessions::Opened opened = visitor(site, request);
  const SessionState state = opened.session->snapshot();
  TourRequest asked;
  nlohmann::json signed_out;
  if (query != nullptr) {
    asked.exchange = number_of(*query, "exchange");
    // Words that are true of any visitor without a run; the address alone proves nothing.
    if (const auto how = query->get("signed-out"); how && state.run() == nullptr) {
      signed_out = signed_out_words(*how == "revoked", !site.options.server.revoke_url.empty());
      asked.notice = &signed_out;
    }
  }
  http::Response response = tour_page(site, request, state, asked);
  set_session_cookie(request, opened.id, response);
  co_return response;
}

boost::asio::awaitable<http::Response> get_terms(Site& site, http::Request& request) {
  const Sessions::Opened opened = visitor(site, request);
  // Addresses stand here, not in the template: nothing in a page is loaded from another host.
  static const nlohmann::json kSupport = nlohmann::json::array(
      {{{"label", "Bitbucket Cloud: OAuth 2.0"},
        {"href", "https://developer.atlassian.com/cloud/bitbucket/oauth-2/"}},
       {{"label", "Bitbucket Cloud: use OAuth clients"},
        {"href",
         "https://support.atlassian.com/bitbucket-cloud/docs/"
         "use-oauth-on-bitbucket-cloud/"}},
       {{"label", "Atlassian's developer community"},
        {"href", "https://community.developer.atlassian.com/c/bitbucket-development/"}},
       {{"label", "RFC 6749, the OAuth 2.0 framework"},
        {"href", "https://www.rfc-editor.org/rfc/rfc6749"}},
       {{"label", "RFC 9700, the best current practice"},
        {"href", "https://www.rfc-editor.org/rfc/rfc9700"}}});
  nlohmann::json view =
      page_view(site, request, opened.session->snapshot(), "Terms · bbgrant", "/terms");
  view["support"] = kSupport;
  http::Response response = pages::page(200, "terms", view);
  set_session_cookie(request, opened.id, response);
  co_return response;
}

boost::asio::awaitable<http::Response> get_healthcheck(Site& site, http::Request&) {
  co_return site.health.answer();
}

/// The other consumer, and so the other profile, from the next run on.
boost::asio::awaitable<http::Response> post_consumer(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  const Posted posted = std::get<Posted>(std::move(accepted));
  const bool newer = posted.form.get("profile") == "newer" && site.options.consumer2026;
  posted.session->use_consumer(newer ? 1 : 0);
  const auto back = posted.form.get("back").value_or("/");
  constexpr std::string_view kPages[] = {"/",     "/explorer", "/grants", "/grants#leave",
                                         "/code", "/terms"};
  const auto* known = std::find(std::begin(kPages), std::end(kPages), back);
  co_return http::Response::redirect(known == std::end(kPages) ? "/" : *known);
}

boost::asio::awaitable<http::Response> get_transcript(Site& site, http::Request& request) {
  const Sessions::Opened opened = visitor(site, request);
  http::Response response;
  response.headers.set("Content-Type", "text/markdown; charset=utf-8");
  response.headers.set("Content-Disposition", "attachment; filename=\"bbgrant-transcript.md\"");
  response.headers.set("Cache-Control", "no-store");
  response.body = transcript_markdown(opened.session->snapshot());
  co_return response;
}

}  // namespace

std::optional<int> number_of(const http::Form& form, std::string_view name) {
  const auto text = form.get(name);
  if (!text) return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return number;
}

void add_routes(Site& site, http::Router& router) {
  using http::Method;
  const auto add = [&](Method method, std::string_view path, auto endpoint,
                       http::RouteOptions options = {}) {
    router.add(
        method, path, [&site, endpoint](http::Request& request) { return endpoint(site, request); },
        options);
  };
  add(Method::kGet, "/", get_tour);
  add(Method::kGet, "/explorer", get_explorer);
  add(Method::kPost, "/explorer", post_explorer, {.max_body = std::size_t{128} * 1024});
  add(Method::kGet, "/grants", get_grants);
  add(Method::kPost, "/run", post_run);
  add(Method::kGet, "/leave", get_leave);
  add(Method::kPost, "/fragment", post_fragment);
  add(Method::kPost, "/consumer", post_consumer);
  add(Method::kGet, "/code", get_code);
  add(Method::kGet, "/terms", get_terms);
  add(Method::kGet, "/healthcheck", get_healthcheck, {.max_body = 0, .quiet = true});
  add(Method::kGet, "/oauth-callback", get_oauth_callback);
  add(Method::kPost, "/oauth-callback", post_oauth_callback);
  add(Method::kPost, "/call", post_call);
  add(Method::kPost, "/refresh", post_refresh);
  add(Method::kPost, "/revoke", post_revoke);
  add(Method::kPost, "/sign-out", post_sign_out);
  add(Method::kPost, "/secrets", post_secrets);
  add(Method::kPost, "/edited", post_edited);
  add(Method::kGet, "/transcript.md", get_transcript);
  pages::add_asset_routes(router);
}

}  // namespace bbgrant::app

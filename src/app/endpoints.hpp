// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "app/server_calls.hpp"
#include "app/session.hpp"
#include "http/form.hpp"
#include "http/message.hpp"
#include "http/router.hpp"

namespace bbgrant::app {

struct Posted;
struct Site;

/// Every endpoint of the app. `site` must outlive the router.
void add_routes(Site& site, http::Router& router);

/// A parameter that is a whole number.
[[nodiscard]] std::optional<int> number_of(const http::Form& form, std::string_view name);

// code_page.cpp
[[nodiscard]] boost::asio::awaitable<http::Response> get_code(Site& site, http::Request& request);

// sign_in.cpp
[[nodiscard]] boost::asio::awaitable<http::Response> post_oauth_callback(Site& site,
                                                                         http::Request& request);
[[nodiscard]] boost::asio::awaitable<http::Response> get_oauth_callback(Site& site,
                                                                        http::Request& request);
/// 400, masked, and why: a name or a password stood in the query (S1).
[[nodiscard]] http::Response credentials_in_address(const Site& site, const http::Request& request);

// grant_run.cpp
/// One run, as it begins.
struct Start {
  Grant grant = Grant::kPassword;
  std::string username{};
  Scopes scopes{};
  bool demo_password = false;
  ServerCalls::Ask ask{};
};
/// Revokes the token of the run before, asks for a new one, then for the profile; all of it goes
/// into the session's transcript. True when the session holds the token now.
[[nodiscard]] boost::asio::awaitable<bool> run_grant(Site& site, const http::Request& request,
                                                     std::shared_ptr<Session> session, Start start);
/// Adds a call of /2.0/user to the transcript, and greets by the name that it brought.
void take_profile(Session& session, int run, Called<ApiResponse> called);
[[nodiscard]] Failure too_busy();
/// @param client  "browser" or "script".
void log_sign_in(Site& site, const http::Request& request, const Called<Token>& called,
                 std::string_view username, std::string_view client);

// authorization_page.cpp
/// A grant in which the browser goes to the authorization server.
struct Away {
  Grant grant = Grant::kAuthorizationCode;
  Scopes scopes{};
  /// Where the person goes on afterwards, on a page of ours.
  std::string back{};
};
/// The grant begins, with state and, for a code, PKCE (S18): on to /leave.
[[nodiscard]] http::Response send_away(Site& site, const http::Request& request,
                                       const Posted& posted, Away away);
[[nodiscard]] boost::asio::awaitable<http::Response> get_leave(Site& site, http::Request& request);
/// The authorization server's answer came with the browser.
[[nodiscard]] boost::asio::awaitable<http::Response> finish_authorization(
    Site& site, const http::Request& request, const http::Form& answer);
/// The answer of the implicit grant stands behind the # of the address: its script sends it on.
[[nodiscard]] boost::asio::awaitable<http::Response> fragment_page(Site& site,
                                                                   const http::Request& request);
[[nodiscard]] boost::asio::awaitable<http::Response> post_fragment(Site& site,
                                                                   http::Request& request);

// grants_page.cpp
[[nodiscard]] boost::asio::awaitable<http::Response> get_grants(Site& site, http::Request& request);
/// Runs a grant that needs no password.
[[nodiscard]] boost::asio::awaitable<http::Response> post_run(Site& site, http::Request& request);

// explorer_page.cpp
[[nodiscard]] boost::asio::awaitable<http::Response> get_explorer(Site& site,
                                                                  http::Request& request);
[[nodiscard]] boost::asio::awaitable<http::Response> post_explorer(Site& site,
                                                                   http::Request& request);

// token_use.cpp
[[nodiscard]] boost::asio::awaitable<http::Response> post_call(Site& site, http::Request& request);
[[nodiscard]] boost::asio::awaitable<http::Response> post_refresh(Site& site,
                                                                  http::Request& request);
[[nodiscard]] boost::asio::awaitable<http::Response> post_revoke(Site& site,
                                                                 http::Request& request);
[[nodiscard]] boost::asio::awaitable<http::Response> post_sign_out(Site& site,
                                                                   http::Request& request);
[[nodiscard]] boost::asio::awaitable<http::Response> post_secrets(Site& site,
                                                                  http::Request& request);

}  // namespace bbgrant::app

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
/// Adds a call of /2.0/user to the transcript, and greets by the name that it brought.
void take_profile(Session& session, int run, Called<ApiResponse> called);

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

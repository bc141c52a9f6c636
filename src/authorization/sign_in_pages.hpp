// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "authorization/account_views.hpp"
#include "authorization/page_sessions.hpp"
#include "authorization/password_check.hpp"
#include "base/clock.hpp"
#include "http/router.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// Name and password of a demo account, for its button on the sign-in page.
struct DemoSignIn {
  std::string name;
  std::string password;
};

/// The sign-in page, the page of the second step, and signing out. One check and one throttle with
/// every other door (S68). Thread-safe.
class SignInPages {
 public:
  SignInPages(store::Store& store, PageSessions& sessions, PasswordCheck& passwords,
              std::vector<DemoSignIn> demo, const base::Clock& clock);

  /// POST /account/signin, /account/signin/code, /account/signout.
  void add_routes(http::Router& router);

  /// The page that this visit needs next, to sign in: name and password, or the second step.
  /// @param problem  what was wrong with the last try; empty for none.
  [[nodiscard]] boost::asio::awaitable<http::Response> show(const http::Request& request,
                                                            const Visit& visit,
                                                            const ReturnTo& next,
                                                            std::string problem = {},
                                                            int status = 200);

 private:
  [[nodiscard]] boost::asio::awaitable<http::Response> post_password(http::Request& request);
  [[nodiscard]] boost::asio::awaitable<http::Response> post_code(http::Request& request);
  [[nodiscard]] boost::asio::awaitable<http::Response> post_sign_out(http::Request& request);
  [[nodiscard]] boost::asio::awaitable<http::Response> refuse(const http::Request& request,
                                                              const Visit& visit,
                                                              const ReturnTo& next,
                                                              const Refused& refused,
                                                              std::string problem);
  [[nodiscard]] boost::asio::awaitable<http::Response> renew(const http::Request& request,
                                                             Visit visit,
                                                             std::optional<store::SignIn> sign_in,
                                                             const ReturnTo& next);

  store::Store& store_;
  PageSessions& sessions_;
  PasswordCheck& passwords_;
  std::vector<DemoSignIn> demo_;
  const base::Clock& clock_;
};

}  // namespace bbgrant::authorization

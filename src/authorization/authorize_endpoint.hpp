// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "authorization/approver.hpp"
#include "authorization/authorize_request.hpp"
#include "authorization/page_sessions.hpp"
#include "authorization/sign_in_pages.hpp"
#include "authorization/token_issuer.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "http/router.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// GET and POST /site/oauth2/authorize, and the consent page under it. RFC 6749 section 3.1.
///
/// What the page shows is held in the store under a single-use ticket, which the page's address
/// names; the answer grants that and nothing else (S74). Every answer names this server (`iss`, RFC
/// 9207). Thread-safe.
class AuthorizeEndpoint {
 public:
  struct Parts {
    store::Store& store;
    PageSessions& sessions;
    SignInPages& sign_in;
    TokenIssuer& issuer;
    const base::Clock& clock;
    base::Log& log;
  };
  AuthorizeEndpoint(Parts parts, Behaviour behaviour) : parts_(parts), behaviour_(behaviour) {}

  void add_routes(http::Router& router);
  /// Asked from then on, before any page is shown. Before anything is served.
  void set_approver(Approver& approver) { approver_ = &approver; }

 private:
  /// What was decided, and for whom.
  struct Decision {
    AskedAuthorization asked;
    store::Account account;
    ScopeSet granted;
  };

  [[nodiscard]] boost::asio::awaitable<http::Response> answer(http::Request& request);
  [[nodiscard]] boost::asio::awaitable<http::Response> answer_asked(http::Request& request,
                                                                    AskedAuthorization asked);
  [[nodiscard]] boost::asio::awaitable<http::Response> show(http::Request& request);
  [[nodiscard]] boost::asio::awaitable<http::Response> show_ticket(const http::Request& request,
                                                                   const Visit& visit,
                                                                   std::string ticket);
  [[nodiscard]] boost::asio::awaitable<http::Response> take_answer(http::Request& request);
  [[nodiscard]] boost::asio::awaitable<std::optional<http::Response>> ask_approver(
      const http::Request& request, const AskedAuthorization& asked);
  [[nodiscard]] boost::asio::awaitable<http::Response> give(const http::Request& request,
                                                            Decision decision);
  [[nodiscard]] http::Response refuse(const http::Request& request, const Refused& refused,
                                      const AnswerPlace& place) const;

  Parts parts_;
  Behaviour behaviour_;
  Approver* approver_ = nullptr;
};

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "http/form.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// A browser at one of the pages.
struct Visit {
  /// 256 bits, in the browser's cookie and nowhere else; the store has its hash.
  std::string id;
  store::WebSession session;

  /// Who has signed in; null for a visitor and while the second step is awaited.
  [[nodiscard]] const store::Account* account() const {
    return session.account && !session.second_step ? &*session.account : nullptr;
  }
};

/// A form that may be acted on.
struct PostedForm {
  http::Form form;
  Visit visit;
};

/// Sessions of the sandbox's pages (S25) and the guard of their forms (S18). They live in the
/// store, so that every instance knows them. Thread-safe. Every function throws store::StoreError.
class PageSessions {
 public:
  PageSessions(store::Store& store, const base::Clock& clock) : store_(store), clock_(clock) {}

  /// The session of the request's cookie, if it lives.
  [[nodiscard]] boost::asio::awaitable<std::optional<Visit>> find(const http::Request& request);
  /// That, or a new visitor's.
  [[nodiscard]] boost::asio::awaitable<Visit> find_or_open(const http::Request& request);

  /// New id, new account or none; the old id is dead.
  /// @returns false when session or account have changed meanwhile; the visit is as it was then.
  [[nodiscard]] boost::asio::awaitable<bool> renew(Visit& visit,
                                                   std::optional<store::SignIn> sign_in);

  /// Reads a form and checks that it is our own page's, of this very session; else says why not,
  /// in words for a person.
  [[nodiscard]] boost::asio::awaitable<std::variant<PostedForm, std::string>> accept_form(
      http::Request& request);

  /// What a form of this session carries as `form_token`.
  [[nodiscard]] static std::string form_token(const Visit& visit);
  static void set_cookie(const http::Request& request, const Visit& visit,
                         http::Response& response);

 private:
  store::Store& store_;
  const base::Clock& clock_;
};

}  // namespace bbgrant::authorization

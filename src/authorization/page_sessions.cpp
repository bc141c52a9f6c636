// SPDX-License-Identifier: MIT
#include "authorization/page_sessions.hpp"

#include <utility>

#include <sodium.h>

#include "authorization/random_token.hpp"
#include "http/cookie.hpp"

namespace bbgrant::authorization {
namespace {

// A session is marked as used at most this often: a write each request would wear the disk.
constexpr std::chrono::seconds kMarkedEvery{60};

std::string cookie_name(const http::Request& request) {
  return http::cookie_name(request, "bbgrant_sandbox", "7990");
}

}  // namespace

boost::asio::awaitable<std::optional<Visit>> PageSessions::find(const http::Request& request) {
  const std::string id{request.cookie(cookie_name(request)).value_or("")};
  if (id.empty()) co_return std::nullopt;
  const auto now = clock_.now();
  auto session = co_await store_.find_session(hash_of(id), now, store::SessionLife{});
  if (!session) co_return std::nullopt;
  if (now - session->used_on >= kMarkedEvery) co_await store_.touch_session(session->id, now);
  Visit visit{.id = id, .session = std::move(*session)};
  co_return visit;
}

boost::asio::awaitable<Visit> PageSessions::find_or_open(const http::Request& request) {
  if (auto found = co_await find(request)) co_return std::move(*found);
  Visit visit{.id = std::string{random_token().reveal()}, .session = {}};
  visit.session.id = co_await store_.open_session(hash_of(visit.id), clock_.now());
  co_return visit;
}

boost::asio::awaitable<bool> PageSessions::renew(Visit& visit,
                                                 std::optional<store::SignIn> sign_in) {
  std::string id{random_token().reveal()};
  const bool renewed =
      co_await store_.renew_session(hash_of(visit.id), hash_of(id), sign_in, clock_.now());
  if (renewed) visit.id = std::move(id);
  co_return renewed;
}

boost::asio::awaitable<std::variant<PostedForm, std::string>> PageSessions::accept_form(
    http::Request& request) {
  if (!http::is_form(request)) co_return "The body is not a form.";
  auto parsed = http::parse_form(request.body);
  request.wipe_body();  // S14
  if (const auto* fault = std::get_if<http::FormFault>(&parsed)) {
    co_return "The form is malformed: " + std::string{http::describe(*fault)} + ".";
  }
  if (http::is_foreign(request)) {
    co_return "The form was sent by a page of another site, so nothing was done with it.";
  }
  auto visit = co_await find(request);
  auto& form = std::get<http::Form>(parsed);
  const std::string given{form.get("form_token").value_or("")};
  const std::string right = visit ? form_token(*visit) : std::string{};
  if (!visit || given.size() != right.size() ||
      sodium_memcmp(given.data(), right.data(), right.size()) != 0) {
    co_return "The form belongs to a session that has ended, or to another one. A session ends "
              "after 30 minutes without use, and with each sign-in.";
  }
  PostedForm posted{.form = std::move(form), .visit = std::move(*visit)};
  co_return posted;
}

std::string PageSessions::form_token(const Visit& visit) {
  return base64url(hash_of("form " + visit.id));
}

void PageSessions::set_cookie(const http::Request& request, const Visit& visit,
                              http::Response& response) {
  http::add_cookie(response, {.name = cookie_name(request),
                              .value = visit.id,
                              .secure = request.secure,
                              .max_age = std::nullopt});
}

}  // namespace bbgrant::authorization

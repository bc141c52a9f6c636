// SPDX-License-Identifier: MIT
#include "authorization/sign_in_pages.hpp"

#include <nlohmann/json.hpp>

#include "authorization/random_token.hpp"
#include "pages/page.hpp"

namespace bbgrant::authorization {
namespace {

http::Response start_again(const http::Request& request, const std::string& why) {
  return account_notice(request, 403, "Start again",
                        {why,
                         "Nothing was changed. Go back to where you came from, and begin "
                         "anew from there."});
}

}  // namespace

SignInPages::SignInPages(store::Store& store, PageSessions& sessions, PasswordCheck& passwords,
                         std::vector<DemoSignIn> demo, const base::Clock& clock)
    : store_(store),
      sessions_(sessions),
      passwords_(passwords),
      demo_(std::move(demo)),
      clock_(clock) {}

void SignInPages::add_routes(http::Router& router) {
  using http::Method;
  router.add(Method::kPost, "/account/signin",
             [this](http::Request& request) { return post_password(request); });
  router.add(Method::kPost, "/account/signin/code",
             [this](http::Request& request) { return post_code(request); });
  router.add(Method::kPost, "/account/signout",
             [this](http::Request& request) { return post_sign_out(request); });
}

boost::asio::awaitable<http::Response> SignInPages::show(const http::Request& request,
                                                         const Visit& visit, const ReturnTo& next,
                                                         std::string problem, int status) {
  const bool second = visit.session.account && visit.session.second_step;
  nlohmann::json view =
      account_view(request, second ? "Two-step verification" : "Sign in", visit, next);
  if (!next.ticket.empty()) {
    const auto asked = co_await store_.find_authorization_request(hash_of(next.ticket),
                                                                  visit.session.id, clock_.now());
    std::optional<store::Consumer> consumer;
    if (asked) consumer = co_await store_.find_consumer(asked->consumer_key);
    if (!consumer) co_return start_again(request, "This request is over, or another browser's.");
    view["asks"] = asks_view(*consumer, parse_scopes(asked->scopes).names, asked->redirect_uri);
  }
  view["problem"] = problem;
  if (second) {
    view["user"] = visit.session.account->nickname;
    view["demo_code"] = passwords_.code_to_show(*visit.session.account, clock_.now());
  } else {
    view["demo"] = nlohmann::json::array();
    for (const auto& demo : demo_) {
      const auto account = co_await store_.find_account_by_login(demo.name);
      if (!account || !account->demo) continue;
      view["demo"].push_back({{"name", demo.name}, {"password", demo.password}});
    }
    view["any_demo"] = !view["demo"].empty();
  }
  auto response = pages::page(status, second ? "two_step" : "sign_in", view);
  PageSessions::set_cookie(request, visit, response);
  co_return response;
}

boost::asio::awaitable<http::Response> SignInPages::post_password(http::Request& request) {
  auto accepted = co_await sessions_.accept_form(request);
  if (auto* why = std::get_if<std::string>(&accepted)) co_return start_again(request, *why);
  auto& [form, visit] = std::get<PostedForm>(accepted);
  const auto next = ReturnTo::read(form);
  PasswordCheck::Attempt attempt{.username = std::string{form.get("username").value_or("")},
                                 .password = form.take_secret("password"),
                                 .address = request.address_key,
                                 .id = request.id,
                                 .consumer = {},
                                 .second_step_follows = true};
  // Whoever tries to sign in is nobody until it is done.
  visit.session.account.reset();
  visit.session.second_step = false;
  if (attempt.username.empty() || attempt.password.empty() ||
      attempt.username.size() > kLongestUsername || attempt.password.size() > kLongestPassword) {
    co_return co_await show(request, visit, next, "Name and password are needed.", 400);
  }
  auto checked = co_await passwords_.check(std::move(attempt));
  if (auto* refused = std::get_if<Refused>(&checked)) {
    co_return co_await refuse(request, visit, next, *refused, "The name or the password is wrong.");
  }
  const auto& account = std::get<store::Account>(checked);
  co_return co_await renew(request, std::move(visit),
                           store::SignIn{.account = account.id,
                                         .password_version = account.password_version,
                                         .second_step = account.two_step},
                           next);
}

boost::asio::awaitable<http::Response> SignInPages::post_code(http::Request& request) {
  auto accepted = co_await sessions_.accept_form(request);
  if (auto* why = std::get_if<std::string>(&accepted)) co_return start_again(request, *why);
  auto& [form, visit] = std::get<PostedForm>(accepted);
  const auto next = ReturnTo::read(form);
  if (!visit.session.account || !visit.session.second_step) {
    co_return http::Response::redirect(next.path());
  }
  const store::Account account = *visit.session.account;
  std::string code{form.get("code").value_or("")};
  std::erase(code, ' ');  // as apps show it: 123 456
  const PasswordCheck::CodeAttempt attempt{.account = account,
                                           .code = code,
                                           .address = request.address_key,
                                           .id = request.id,
                                           .now = clock_.now()};
  if (const auto refused = co_await passwords_.check_code(attempt)) {
    co_return co_await refuse(request, visit, next, *refused,
                              "The code is wrong, or was used before. There is a new one every 30 "
                              "seconds.");
  }
  co_return co_await renew(
      request, std::move(visit),
      store::SignIn{.account = account.id, .password_version = account.password_version}, next);
}

boost::asio::awaitable<http::Response> SignInPages::post_sign_out(http::Request& request) {
  auto accepted = co_await sessions_.accept_form(request);
  if (auto* why = std::get_if<std::string>(&accepted)) co_return start_again(request, *why);
  auto& [form, visit] = std::get<PostedForm>(accepted);
  co_return co_await renew(request, std::move(visit), std::nullopt, ReturnTo::read(form));
}

boost::asio::awaitable<http::Response> SignInPages::refuse(const http::Request& request,
                                                           const Visit& visit, const ReturnTo& next,
                                                           const Refused& refused,
                                                           std::string problem) {
  const auto status = error_row(refused.refusal, ErrorStyle::kBitbucket).status;
  if (refused.retry_after) {
    problem = description_of(refused, ErrorStyle::kBitbucket) + ": in " +
              std::to_string(*refused.retry_after) + " seconds.";
  }
  auto response = co_await show(request, visit, next, std::move(problem), static_cast<int>(status));
  if (refused.retry_after) {
    response.headers.set("Retry-After", std::to_string(*refused.retry_after));
  }
  co_return response;
}

// S25: a new id, and the old one is dead.
boost::asio::awaitable<http::Response> SignInPages::renew(const http::Request& request, Visit visit,
                                                          std::optional<store::SignIn> sign_in,
                                                          const ReturnTo& next) {
  if (!co_await sessions_.renew(visit, sign_in)) {
    co_return start_again(request, "Your account or your session has changed meanwhile.");
  }
  auto response = http::Response::redirect(next.path());
  PageSessions::set_cookie(request, visit, response);
  co_return response;
}

}  // namespace bbgrant::authorization

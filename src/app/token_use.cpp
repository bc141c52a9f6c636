// SPDX-License-Identifier: MIT
// What is done with a token: call the API, renew it, revoke it, show it, sign out.
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/diagram_view.hpp"
#include "app/endpoints.hpp"
#include "app/site.hpp"
#include "base/log.hpp"

namespace bbgrant::app {

namespace {

/// Back to the tour, at the step or at the lesson, with an exchange open.
http::Response back(int exchange, int step, bool lesson) {
  const std::string anchor = lesson ? std::string{"result"} : fmt::format("step-{}", step);
  return http::Response::redirect(
      exchange == 0 ? "/#" + anchor : fmt::format("/?exchange={}#{}", exchange, anchor));
}

http::Response no_token() { return http::Response::redirect("/#step-3"); }

}  // namespace

boost::asio::awaitable<http::Response> post_call(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  const Posted posted = std::get<Posted>(std::move(accepted));
  const std::string path{posted.form.get("path").value_or("")};
  const auto paths = callable_paths(site.options.sandbox);
  if (std::find(paths.begin(), paths.end(), path) == paths.end()) {
    co_return notice_page(site, 400,
                          {.title = "Not one of the calls",
                           .paragraphs = {"The tour calls the paths that step 6 lists, and no "
                                          "others. Nothing was sent."},
                           .href = "/#step-6"});
  }
  const SessionState state = posted.session->snapshot();
  if (!state.token) co_return no_token();
  const int run = state.run()->number;
  auto work = [&site, path, token = state.token] {
    return site.calls.get(path, token->access_token);
  };
  auto ran = co_await site.executor.run(work);
  if (ran.index() == 1) {
    posted.session->note_trouble(
        {.where = ExchangeKind::kApi, .failure = too_busy(), .path = path});
    co_return back(0, 6, true);
  }
  Called<ApiResponse> called = std::get<0>(std::move(ran));
  const bool ok = called.ok();
  if (ok) posted.session->clear_trouble();
  if (path == "/2.0/user") {
    take_profile(*posted.session, run, std::move(called));
  } else {
    posted.session->record(run, ExchangeKind::kApi, path, std::move(called.exchanges));
    if (!ok) {
      posted.session->note_trouble(
          {.where = ExchangeKind::kApi, .failure = called.failure(), .path = path});
    }
  }
  const SessionState after = posted.session->snapshot();
  const Recorded* last = after.last(ExchangeKind::kApi);
  co_return back(last == nullptr ? 0 : last->id, 6, !ok);
}

boost::asio::awaitable<http::Response> post_refresh(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  const Posted posted = std::get<Posted>(std::move(accepted));
  const SessionState state = posted.session->snapshot();
  if (!state.token || !state.token->refresh_token) co_return no_token();
  const Run run = *state.run();
  auto work = [&site, token = state.token, consumer = run.consumer] {
    return site.calls.token(consumer, [&](const Client& client, std::chrono::milliseconds timeout,
                                          std::stop_token stop) {
      return client.refresh(*token->refresh_token, {}, timeout, std::move(stop));
    });
  };
  auto ran = co_await site.executor.run(work);
  if (ran.index() == 1) {
    posted.session->note_trouble(
        {.where = ExchangeKind::kRefresh, .failure = too_busy(), .path = {}});
    co_return back(0, 7, true);
  }
  Called<Token> called = std::get<0>(std::move(ran));
  const int id =
      posted.session->record(run.number, ExchangeKind::kRefresh, {}, std::move(called.exchanges));
  const bool ok = called.ok();
  site.log.event("refresh", {{"outcome", ok ? "token" : "refused"}, {"request", request.id}});
  if (ok) {
    const auto fresh = std::make_shared<const Token>(std::get<Token>(std::move(called.outcome)));
    if (!posted.session->refreshed(run.number, fresh)) {
      auto end = [&site, fresh, consumer = run.consumer] {
        return site.calls.revoke(consumer, *fresh);
      };
      if (!site.options.server.revoke_url.empty()) co_await site.executor.run(end);
    }
  } else {
    posted.session->note_trouble(
        {.where = ExchangeKind::kRefresh, .failure = called.failure(), .path = {}});
  }
  co_return back(id, 7, !ok);
}

boost::asio::awaitable<http::Response> post_revoke(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  const Posted posted = std::get<Posted>(std::move(accepted));
  const SessionState state = posted.session->snapshot();
  if (!state.token || site.options.server.revoke_url.empty()) co_return no_token();
  const Run run = *state.run();
  auto work = [&site, token = state.token, consumer = run.consumer] {
    return site.calls.revoke(consumer, *token);
  };
  auto ran = co_await site.executor.run(work);
  if (ran.index() == 1) {
    posted.session->note_trouble(
        {.where = ExchangeKind::kRevoke, .failure = too_busy(), .path = {}});
    co_return back(0, 7, true);
  }
  Called<std::monostate> called = std::get<0>(std::move(ran));
  const int id =
      posted.session->record(run.number, ExchangeKind::kRevoke, {}, std::move(called.exchanges));
  if (called.ok()) {
    posted.session->revoked(run.number);
  } else {
    posted.session->note_trouble(
        {.where = ExchangeKind::kRevoke, .failure = called.failure(), .path = {}});
  }
  co_return back(id, 7, !called.ok());
}

boost::asio::awaitable<http::Response> post_sign_out(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  const Posted posted = std::get<Posted>(std::move(accepted));
  const SessionState state = posted.session->snapshot();
  // The session ends first: whatever the server answers, nothing is left here (S25).
  site.sessions.end(posted.id);
  bool ended = !state.token || state.run()->revoked;
  if (!ended && !site.options.server.revoke_url.empty()) {
    auto work = [&site, token = state.token, consumer = state.run()->consumer] {
      return site.calls.revoke(consumer, *token);
    };
    auto ran = co_await site.executor.run(work);
    ended = ran.index() == 0 && std::get<0>(ran).ok();
  }
  site.log.event("sign_out", {{"revoked", ended}, {"request", request.id}});
  http::Response response =
      http::Response::redirect(ended ? "/?signed-out=revoked" : "/?signed-out=alive");
  expire_session_cookie(request, response);
  // Never "cookies": cookies know no port, so that would sign out the sandbox too (S89).
  response.headers.set("Clear-Site-Data", "\"cache\", \"storage\"");
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

boost::asio::awaitable<http::Response> post_secrets(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  const Posted posted = std::get<Posted>(std::move(accepted));
  const SessionState state = posted.session->snapshot();
  const auto id = number_of(posted.form, "exchange");
  const Recorded* recorded = id ? state.find(*id) : nullptr;
  if (recorded == nullptr) co_return http::Response::redirect("/#transcript");
  // The one POST that is answered with a page: so it works without JavaScript, and no address ever
  // shows a secret (S50).
  co_return tour_page(site, request, state, {.exchange = id, .secrets = Secrets::kShown});
}

}  // namespace bbgrant::app

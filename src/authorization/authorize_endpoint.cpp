// SPDX-License-Identifier: MIT
#include "authorization/authorize_endpoint.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "authorization/answers.hpp"
#include "authorization/code_grant.hpp"
#include "authorization/random_token.hpp"
#include "authorization/redirect_uri.hpp"
#include "authorization/token_endpoint.hpp"
#include "pages/page.hpp"

namespace bbgrant::authorization {
namespace {

constexpr std::chrono::minutes kTicketLife{10};

// S24, S75: 303, no referrer, and nothing kept.
http::Response redirect_with(const http::Request& request, const AnswerPlace& place,
                             AnswerFields fields) {
  if (place.state) fields.emplace_back("state", *place.state);
  fields.emplace_back("iss", request.origin());  // S22
  auto response =
      http::Response::redirect(with_answer(place.redirect_uri, fields, place.in_fragment));
  response.headers.set("Referrer-Policy", "no-referrer");
  forbid_caching(response);
  return response;
}

http::Response no_place(const http::Request& request, const NoPlace& none) {
  return account_notice(
      request, 400, none.heading,
      {"This integration is misconfigured. Contact the vendor for assistance.", none.detail});
}

http::Response start_again(const http::Request& request) {
  return account_notice(request, 403, "Start again",
                        {"This request was answered before, is older than 10 minutes, or began in "
                         "another browser or as another user.",
                         "Nothing was granted. Go back to the app, and begin anew from there."});
}

}  // namespace

void AuthorizeEndpoint::add_routes(http::Router& router) {
  using http::Method;
  constexpr auto kPath = "/site/oauth2/authorize";
  constexpr auto kTicket = "/site/oauth2/authorize/{ticket}";
  for (const auto method : {Method::kGet, Method::kPost}) {
    router.add(method, kPath, [this](http::Request& request) { return answer(request); });
  }
  router.add(Method::kGet, kTicket, [this](http::Request& request) { return show(request); });
  router.add(Method::kPost, kTicket,
             [this](http::Request& request) { return take_answer(request); });
}

boost::asio::awaitable<http::Response> AuthorizeEndpoint::answer(http::Request& request) {
  const bool posted = request.method == http::Method::kPost;
  if (posted && !http::is_form(request)) {
    co_return no_place(request, {"Invalid request", "The body must be a form."});
  }
  const auto parsed = http::parse_form(posted ? request.body : request.query);
  const auto* form = std::get_if<http::Form>(&parsed);
  if (form == nullptr) {
    co_return no_place(request, {"Invalid request", "A parameter is malformed."});
  }
  auto judged = co_await judge_authorization(parts_.store, *form, request.origin(), behaviour_);
  if (const auto* none = std::get_if<NoPlace>(&judged)) co_return no_place(request, *none);
  if (const auto* told = std::get_if<RefusedAuthorization>(&judged)) {
    co_return refuse(request, told->refused, told->place);
  }
  auto& asked = std::get<AskedAuthorization>(judged);
  const AnswerPlace place = asked.place;
  try {
    if (auto response = co_await ask_approver(request, asked)) co_return std::move(*response);
    if (posted) {
      // A form of another site comes without our cookie (SameSite): asked again by GET, the session
      // that the browser has is kept.
      std::vector<std::pair<std::string, std::string>> fields(form->begin(), form->end());
      co_return http::Response::redirect("/site/oauth2/authorize?" + http::encode_query(fields));
    }
    co_return co_await answer_asked(request, std::move(asked));
  } catch (const store::StoreError& error) {  // S73: the client is told, by redirect
    parts_.log.warning("authorization_not_answered",
                       {{"request", request.id}, {"reason", error.what()}});
    co_return refuse(request, Refused{Refusal::kBusy}, place);
  }
}

boost::asio::awaitable<http::Response> AuthorizeEndpoint::answer_asked(http::Request& request,
                                                                       AskedAuthorization asked) {
  const auto visit = co_await parts_.sessions.find_or_open(request);
  std::string ticket{random_token().reveal()};
  store::AuthorizationRequest held{.consumer_key = asked.consumer.key,
                                   .response_type = asked.response_type,
                                   .redirect_uri = asked.place.redirect_uri,
                                   .redirect_uri_sent = asked.redirect_uri_sent,
                                   .scopes = to_string(asked.scopes),
                                   .state = asked.place.state,
                                   .challenge = asked.challenge,
                                   .expires_on = parts_.clock.now() + kTicketLife};
  co_await parts_.store.add_authorization_request(hash_of(ticket), visit.session.id,
                                                  std::move(held));
  co_return co_await show_ticket(request, visit, std::move(ticket));
}

boost::asio::awaitable<http::Response> AuthorizeEndpoint::show(http::Request& request) {
  const auto visit = co_await parts_.sessions.find(request);
  if (!visit) co_return start_again(request);
  co_return co_await show_ticket(request, *visit, std::string{request.parameter("ticket")});
}

boost::asio::awaitable<http::Response> AuthorizeEndpoint::show_ticket(const http::Request& request,
                                                                      const Visit& visit,
                                                                      std::string ticket) {
  const ReturnTo next{.ticket = ticket, .workspace = {}};
  const auto* account = visit.account();
  if (account == nullptr) co_return co_await parts_.sign_in.show(request, visit, next);
  const Hash hash = hash_of(ticket);
  const auto held =
      co_await parts_.store.find_authorization_request(hash, visit.session.id, parts_.clock.now());
  std::optional<store::Consumer> consumer;
  if (held) consumer = co_await parts_.store.find_consumer(held->consumer_key);
  if (!consumer) co_return start_again(request);
  co_await parts_.store.show_authorization_request(hash, account->id);

  nlohmann::json view = account_view(request, consumer->name + " asks", visit, next);
  view["asks"] = asks_view(*consumer, parse_scopes(held->scopes).names, held->redirect_uri);
  view["asks"]["boxes"] = true;
  view["action"] = next.path();
  view["code"] = held->response_type == "code";
  view["user"] = account->nickname;
  view["user_name"] = account->display_name;
  auto response = pages::page(200, "consent", view);
  response.headers.set("Content-Security-Policy",
                       pages::content_security_policy(form_action_of(held->redirect_uri)));
  PageSessions::set_cookie(request, visit, response);
  co_return response;
}

boost::asio::awaitable<http::Response> AuthorizeEndpoint::take_answer(http::Request& request) {
  auto accepted = co_await parts_.sessions.accept_form(request);
  if (std::holds_alternative<std::string>(accepted)) co_return start_again(request);
  auto& [form, visit] = std::get<PostedForm>(accepted);
  const auto* account = visit.account();
  if (account == nullptr) co_return start_again(request);
  auto held = co_await parts_.store.take_authorization_request(
      hash_of(request.parameter("ticket")), visit.session.id, account->id, parts_.clock.now());
  std::optional<store::Consumer> consumer;
  if (held) consumer = co_await parts_.store.find_consumer(held->consumer_key);
  if (!consumer) co_return start_again(request);

  AskedAuthorization asked{.consumer = std::move(*consumer),
                           .response_type = held->response_type,
                           .redirect_uri_sent = held->redirect_uri_sent,
                           .scopes = parse_scopes(held->scopes).names,
                           .challenge = std::move(held->challenge),
                           .place = {.redirect_uri = std::move(held->redirect_uri),
                                     .in_fragment = held->response_type == "token",
                                     .state = std::move(held->state)}};
  ScopeSet granted;
  for (const auto& [name, value] : form) {
    if (name == "scope" && asked.scopes.contains(value)) granted.insert(value);
  }
  const bool allowed = form.get("decision").value_or("") == "allow";
  // Nothing left of what was asked for is a refusal (S74).
  if (!allowed || (granted.empty() && !asked.scopes.empty())) {
    parts_.log.event("authorization_denied", {{"request", request.id},
                                              {"user", account->nickname},
                                              {"consumer", asked.consumer.key},
                                              {"address", request.address_key}});
    co_return refuse(request, Refused{Refusal::kAccessDenied}, asked.place);
  }
  const AnswerPlace place = asked.place;
  Decision decision{.asked = std::move(asked), .account = *account, .granted = std::move(granted)};
  try {
    co_return co_await give(request, std::move(decision));
  } catch (const store::StoreError& error) {
    parts_.log.warning("authorization_not_answered",
                       {{"request", request.id}, {"reason", error.what()}});
    co_return refuse(request, Refused{Refusal::kBusy}, place);
  }
}

boost::asio::awaitable<std::optional<http::Response>> AuthorizeEndpoint::ask_approver(
    const http::Request& request, const AskedAuthorization& asked) {
  if (approver_ == nullptr) co_return std::nullopt;
  const auto approval =
      approver_->decide({.consumer_key = asked.consumer.key, .scopes = asked.scopes});
  if (!approval) co_return std::nullopt;
  if (approval->deny) co_return refuse(request, Refused{Refusal::kAccessDenied}, asked.place);
  auto account = co_await parts_.store.find_account_by_login(approval->user);
  if (!account || !account->active) {
    co_return refuse(request, Refused{Refusal::kServerError}, asked.place);
  }
  Decision decision{
      .asked = asked,
      .account = std::move(*account),
      .granted = approval->scopes ? covered_by(*approval->scopes, asked.scopes) : asked.scopes};
  co_return co_await give(request, std::move(decision));
}

boost::asio::awaitable<http::Response> AuthorizeEndpoint::give(const http::Request& request,
                                                               Decision decision) {
  const auto& [asked, account, granted] = decision;
  parts_.log.event("authorization_granted", {{"request", request.id},
                                             {"user", account.nickname},
                                             {"consumer", asked.consumer.key},
                                             {"address", request.address_key},
                                             {"response_type", asked.response_type}});
  if (!asked.place.in_fragment) {
    const Secret code = random_token();
    store::NewCode kept{.hash = hash_of(code.reveal()),
                        .consumer_key = asked.consumer.key,
                        .secret_version = asked.consumer.secret_version,
                        .account = account.id,
                        .password_version = account.password_version,
                        .redirect_uri = asked.place.redirect_uri,
                        .redirect_uri_sent = asked.redirect_uri_sent,
                        .scopes = to_string(granted),
                        .challenge = asked.challenge,
                        .expires_on = parts_.clock.now() + kCodeLife};
    co_await parts_.store.add_code(std::move(kept));
    co_return redirect_with(request, asked.place, {{"code", std::string{code.reveal()}}});
  }
  // RFC 6749 section 4.2.2: no refresh token (S24).
  const auto& profile = profile_of(asked.consumer, behaviour_);
  TokenOrder order{.consumer = asked.consumer,
                   .profile = profile,
                   .grant = "implicit",
                   .account = &account,
                   .scopes = granted,
                   .with_refresh_token = false,
                   .address = request.address_key,
                   .id = request.id};
  auto outcome = co_await parts_.issuer.issue(std::move(order));
  if (const auto* refused = std::get_if<Refused>(&outcome)) {
    co_return refuse(request, *refused, asked.place);
  }
  const auto& issued = std::get<Issued>(outcome);
  AnswerFields fields{{"access_token", std::string{issued.access_token.reveal()}},
                      {"token_type", "bearer"},
                      {"expires_in", std::to_string(issued.expires_in.count())}};
  for (const auto member : profile.scope_members) {
    fields.emplace_back(member, to_string(issued.scopes));
  }
  co_return redirect_with(request, asked.place, std::move(fields));
}

http::Response AuthorizeEndpoint::refuse(const http::Request& request, const Refused& refused,
                                         const AnswerPlace& place) const {
  // RFC 6749 section 4.1.2.1 in both styles: no other codes of Bitbucket's are known here.
  const auto& row = error_row(refused.refusal, ErrorStyle::kRfc6749);
  parts_.log.event(
      "authorization_refused",
      {{"request", request.id}, {"address", request.address_key}, {"error", row.error}});
  return redirect_with(request, place,
                       {{"error", std::string{row.error}},
                        {"error_description", description_of(refused, ErrorStyle::kRfc6749)}});
}

}  // namespace bbgrant::authorization

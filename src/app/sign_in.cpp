// SPDX-License-Identifier: MIT
// /oauth-callback: name and password come in, and are traded for an access token.
#include <memory>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/demo_accounts.hpp"
#include "app/endpoints.hpp"
#include "app/json_text.hpp"
#include "app/site.hpp"

namespace bbgrant::app {

namespace {

/// What the form asks for, checked; or why it cannot be sent.
struct SignIn {
  Username username;
  Secret password;
  Scopes scopes;
  bool demo_password = false;
};

struct CannotSend {
  std::string_view error;
  std::string why;
};

std::variant<SignIn, CannotSend> read_sign_in(const Site& site, http::Form& form) {
  if (const auto grant = form.get("grant_type"); grant && !grant->empty() && *grant != "password") {
    return CannotSend{"unsupported_grant_type",
                      "This endpoint runs the password grant: grant_type is password, or absent."};
  }
  SignIn sign_in{.username = Username{std::string{form.get("username").value_or("")}},
                 .password = form.take_secret("password"),
                 .scopes = {}};
  if (sign_in.username.empty()) return CannotSend{"invalid_request", "The name is missing."};
  if (sign_in.username.value().size() > 256) {
    return CannotSend{"invalid_request", "The name is longer than 256 bytes."};
  }
  if (sign_in.password.empty()) return CannotSend{"invalid_request", "The password is missing."};
  if (sign_in.password.size() > 1024) {
    return CannotSend{"invalid_request", "The password is longer than 1,024 bytes."};
  }
  std::string scopes;
  for (const auto& [name, value] : form) {
    if (name == "scope") scopes += (scopes.empty() ? "" : " ") + value;
  }
  try {
    sign_in.scopes = Scopes::parse(scopes);
  } catch (const ConfigError& error) {
    return CannotSend{"invalid_scope", error.what()};
  }
  const DemoAccount* account =
      site.options.sandbox ? find_demo_account(sign_in.username.value()) : nullptr;
  sign_in.demo_password = account != nullptr && sign_in.password.reveal() == account->password;
  return sign_in;
}

http::Response cannot_send(Site& site, const http::Request& request, const Posted& posted,
                           const CannotSend& fault) {
  if (posted.session == nullptr || wants_json(request)) {
    return json_error(400, fault.error, fault.why);
  }
  SessionState state = posted.session->snapshot();
  state.form_username = std::string{posted.form.get("username").value_or("").substr(0, 256)};
  nlohmann::json lesson{{"title", "Nothing was sent"},
                        {"happened", nlohmann::json::array({{{"text", fault.why}, {"kind", ""}}})},
                        {"means", "The app looked at the form before it asked any server."},
                        {"todo", "Fill it in and send it again."},
                        {"actions", nlohmann::json::array({{{"label", "Back to the form"},
                                                            {"href", "#credentials"},
                                                            {"primary", true},
                                                            {"action", ""}}})},
                        {"refused", true},
                        {"icon", "i-cross"}};
  return tour_page(site, request, state, {.exchange = 0, .notice = &lesson}, 400);
}

/// What a script gets: what the server said, or why there is nothing that it said.
http::Response script_answer(const Called<Token>& called) {
  if (called.ok()) {
    return http::Response::json(200, std::string{std::get<Token>(called.outcome).answer.reveal()})
        .with("Cache-Control", "no-store")
        .with("Pragma", "no-cache");
  }
  const Failure& failure = called.failure();
  const std::string advice = failure.advice.empty() ? std::string{} : " " + failure.advice;
  switch (failure.kind) {
    case Failure::Kind::kRefused: {
      const WireMessage& answer = *called.exchanges.back().response;
      const Secret body = revealed(answer.body);
      if (parse_json(body.reveal()).is_object()) {
        http::Response response = http::Response::json(failure.status, std::string{body.reveal()})
                                      .with("Cache-Control", "no-store")
                                      .with("Pragma", "no-cache");
        if (failure.retry_after) {
          response.headers.set("Retry-After", std::to_string(failure.retry_after->count()));
        }
        return response;
      }
      return json_error(502, "server_error", failure.what + advice);
    }
    case Failure::Kind::kUnreachable:
    case Failure::Kind::kBusy:
      return json_error(503, "temporarily_unavailable", failure.what + advice)
          .with("Retry-After", "5");
    case Failure::Kind::kApi:
    case Failure::Kind::kNoAnswer:
    case Failure::Kind::kMalformed:
      return json_error(502, "server_error", failure.what + advice);
    case Failure::Kind::kNotSent:
      return json_error(400, "invalid_request", failure.what + advice);
  }
  return json_error(500, "server_error", failure.what);
}

/// A function may be copied, a password not: it is handed on once, and gone (S14).
ServerCalls::Ask ask_with_password(SignIn sign_in) {
  const auto held = std::make_shared<SignIn>(std::move(sign_in));
  return [held](const Client& client, std::chrono::milliseconds timeout, std::stop_token stop) {
    return client.password_grant(held->username, std::move(held->password), held->scopes, timeout,
                                 std::move(stop));
  };
}

boost::asio::awaitable<http::Response> sign_in_script(Site& site, const http::Request& request,
                                                      SignIn sign_in) {
  const std::string username = sign_in.username.value();
  auto work = [&site, ask = ask_with_password(std::move(sign_in))] {
    return site.calls.token(0, ask);
  };
  auto ran = co_await site.executor.run(work);
  Called<Token> called;
  if (ran.index() == 0) {
    called = std::get<0>(std::move(ran));
  } else {
    called.outcome = too_busy();
  }
  log_sign_in(site, request, called, username, "script");
  co_return script_answer(called);
}

boost::asio::awaitable<http::Response> sign_in_browser(Site& site, const http::Request& request,
                                                       Posted posted, SignIn sign_in) {
  const bool grants_page = posted.form.get("back") == "grants";
  Start start{.grant = Grant::kPassword,
              .username = sign_in.username.value(),
              .scopes = sign_in.scopes,
              .demo_password = sign_in.demo_password,
              .ask = {}};
  start.ask = ask_with_password(std::move(sign_in));
  const bool held = co_await run_grant(site, request, posted.session, std::move(start));
  // A new id on each sign-in, good or bad: a planted one is worth nothing (S25).
  const Sessions::Opened renewed = site.sessions.renew(posted.id);
  http::Response response =
      http::Response::redirect(grants_page ? "/grants#password" : (held ? "/#step-5" : "/#result"));
  set_session_cookie(request, renewed.id, response);
  co_return response;
}

}  // namespace

boost::asio::awaitable<http::Response> post_oauth_callback(Site& site, http::Request& request) {
  const auto query = http::parse_form(request.query);
  const auto* fields = std::get_if<http::Form>(&query);
  if (fields == nullptr || fields->has("username") || fields->has("password")) {
    // S1: an address ends in histories and logs.
    co_return credentials_in_address(site, request);
  }
  auto accepted = accept_form(site, request, Scripts::kAllowed);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  Posted posted = std::get<Posted>(std::move(accepted));
  auto read = read_sign_in(site, posted.form);
  if (const auto* fault = std::get_if<CannotSend>(&read)) {
    co_return cannot_send(site, request, posted, *fault);
  }
  SignIn sign_in = std::get<SignIn>(std::move(read));
  if (posted.session == nullptr || wants_json(request)) {
    co_return co_await sign_in_script(site, request, std::move(sign_in));
  }
  co_return co_await sign_in_browser(site, request, std::move(posted), std::move(sign_in));
}

http::Response credentials_in_address(const Site& site, const http::Request& request) {
  constexpr std::string_view kWhy =
      "A name or a password stood in the address. It was not used, whether it was right or not.";
  if (wants_json(request)) {
    return json_error(400, "invalid_request", std::string{kWhy} + " Send them as a form by POST.");
  }
  return notice_page(
      site, 400,
      {.title = "Never in an address",
       .paragraphs = {std::string{kWhy} + " The address was: /oauth-callback?••••••••",
                      "Addresses are kept: in the browser's history, in logs of servers and "
                      "proxies, and in the Referer header. A password that stood in one should be "
                      "changed. Forms are sent by POST, in the body."},
       .href = "/#step-3",
       .label = "To the form"});
}

boost::asio::awaitable<http::Response> get_oauth_callback(Site& site, http::Request& request) {
  const auto query = http::parse_form(request.query);
  const auto* fields = std::get_if<http::Form>(&query);
  // An address that cannot be read may hold them as well.
  if (fields == nullptr || fields->has("username") || fields->has("password")) {
    co_return credentials_in_address(site, request);
  }
  const bool answer = fields->has("code") || fields->has("state") || fields->has("error");
  if (!answer) co_return co_await fragment_page(site, request);
  co_return co_await finish_authorization(site, request, *fields);
}

}  // namespace bbgrant::app

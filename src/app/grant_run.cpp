// SPDX-License-Identifier: MIT
// A run: what the earlier one held is revoked, a token is asked for, and the API is asked who that
// is. All grants go this way.
#include <string>
#include <utility>

#include "app/endpoints.hpp"
#include "app/json_text.hpp"
#include "app/shown_text.hpp"
#include "app/site.hpp"
#include "base/log.hpp"

namespace bbgrant::app {

namespace {

const char* outcome_word(const Called<Token>& called) {
  return called.ok() ? "token" : (called.failure().status != 0 ? "refused" : "no_answer");
}

// People type passwords into name fields: a name is logged once it has turned out to be one (S14).
std::string_view name_for_log(const Called<Token>& called, std::string_view username) {
  return called.ok() ? username : std::string_view{};
}

struct Outcome {
  std::optional<Called<std::monostate>> revoked;
  Called<Token> grant;
  std::optional<Called<ApiResponse>> profile;
};

/// Nobody will ever use that token: a newer run began while the server thought about it.
boost::asio::awaitable<void> end_late_token(Site& site, std::shared_ptr<const Token> token,
                                            std::size_t consumer) {
  if (site.options.server.revoke_url.empty()) co_return;
  auto work = [&site, token = std::move(token), consumer] {
    return site.calls.revoke(consumer, *token);
  };
  co_await site.executor.run(work);
}

}  // namespace

Failure too_busy() {
  return {.kind = Failure::Kind::kBusy,
          .what = "This app has too many calls waiting.",
          .advice = "Try again in a moment."};
}

void log_sign_in(Site& site, const http::Request& request, const Called<Token>& called,
                 std::string_view username, std::string_view client) {
  site.log.event("sign_in", {{"user", name_for_log(called, username)},
                             {"outcome", outcome_word(called)},
                             {"client", client},
                             {"address", request.address_key},
                             {"request", request.id}});
}

void take_profile(Session& session, int run, Called<ApiResponse> called) {
  session.record(run, ExchangeKind::kApi, "/2.0/user", std::move(called.exchanges));
  if (!called.ok()) {
    session.note_trouble(
        {.where = ExchangeKind::kApi, .failure = called.failure(), .path = "/2.0/user"});
    return;
  }
  const auto profile = parse_json(std::get<ApiResponse>(called.outcome).body);
  if (!profile.is_object()) return;
  const auto text = [&](const char* name) {
    const auto found = profile.find(name);
    return found != profile.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  constexpr std::size_t kLongestName = 100;
  session.greet(run, shown(text("display_name"), kLongestName),
                shown(text("nickname"), kLongestName));
}

boost::asio::awaitable<bool> run_grant(Site& site, const http::Request& request,
                                       std::shared_ptr<Session> session, Start start) {
  std::optional<Replaced> replaced;
  const int run =
      session->begin_run(start.username, start.scopes, start.demo_password, start.grant, &replaced);
  const std::size_t consumer = session->snapshot().run()->consumer;
  const bool revokes = replaced && !site.options.server.revoke_url.empty();
  const int replaced_run = replaced ? replaced->run : 0;
  auto work = [&site, consumer, ask = std::move(start.ask), replaced = std::move(replaced),
               revokes] {
    Outcome outcome{.revoked = std::nullopt, .grant = {}, .profile = std::nullopt};
    if (revokes) outcome.revoked = site.calls.revoke(replaced->consumer, *replaced->token);
    outcome.grant = site.calls.token(consumer, ask);
    if (outcome.grant.ok()) {
      outcome.profile =
          site.calls.get("/2.0/user", std::get<Token>(outcome.grant.outcome).access_token);
    }
    return outcome;
  };
  auto ran = co_await site.executor.run(work);
  Outcome outcome;
  if (ran.index() == 0) {
    outcome = std::get<0>(std::move(ran));
  } else {
    outcome.grant.outcome = too_busy();
  }
  log_sign_in(site, request, outcome.grant, start.username, "browser");
  if (outcome.revoked) {
    const bool ended = outcome.revoked->ok();
    session->record(replaced_run, ExchangeKind::kRevoke, {}, std::move(outcome.revoked->exchanges));
    if (ended) session->revoked(replaced_run);
  }
  session->record(run, ExchangeKind::kToken, {}, std::move(outcome.grant.exchanges));
  if (!outcome.grant.ok()) {
    session->refused(run, outcome.grant.failure());
    co_return false;
  }
  const auto token =
      std::make_shared<const Token>(std::get<Token>(std::move(outcome.grant.outcome)));
  if (!session->signed_in(run, token)) {
    co_await end_late_token(site, token, consumer);
    co_return false;
  }
  if (outcome.profile) take_profile(*session, run, *std::move(outcome.profile));
  co_return true;
}

}  // namespace bbgrant::app

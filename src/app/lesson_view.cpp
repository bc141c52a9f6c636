// SPDX-License-Identifier: MIT
#include "app/lesson_view.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/demo_accounts.hpp"
#include "app/scope_words.hpp"
#include "app/shown_text.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

json plain(std::string_view text) { return {{"text", text}, {"kind", ""}}; }
/// Words of the wire.
json wire(std::string_view text) { return {{"text", text}, {"kind", "w"}}; }

json link(std::string_view label, std::string_view href, bool primary = false) {
  return {{"label", label}, {"href", href}, {"primary", primary}, {"action", ""}};
}

json post(std::string_view label, std::string_view action, json fields, bool primary = false) {
  return {{"label", label},
          {"href", ""},
          {"action", action},
          {"fields", std::move(fields)},
          {"primary", primary}};
}

json sign_in_as(std::string_view name, const Run* run, std::string_view label, bool primary) {
  const DemoAccount* account = find_demo_account(name);
  const std::string scope = run == nullptr ? std::string{} : run->asked.text();
  return post(label, "/oauth-callback",
              json::array({{{"name", "username"}, {"value", account->name}},
                           {{"name", "password"}, {"value", account->password}},
                           {{"name", "scope"}, {"value", scope}}}),
              primary);
}

struct Lesson {
  std::string title;
  json happened;
  std::string means;
  std::string todo;
  json actions = json::array();
};

json server_said(const Failure& failure, std::string_view end) {
  json parts = json::array(
      {plain("The authorization server answered "), wire(std::to_string(failure.status))});
  if (!failure.error.empty()) {
    parts.push_back(plain(" with "));
    parts.push_back(wire(failure.error));
  }
  parts.push_back(plain(end));
  return parts;
}

std::string seconds_words(std::chrono::seconds seconds) {
  if (seconds < std::chrono::minutes{2}) return fmt::format("{} seconds", seconds.count());
  return fmt::format("{} minutes", (seconds.count() + 59) / 60);
}

bool is_about_consumer(std::string_view error) {
  return error == "unauthorized_client" || error == "invalid_client";
}

bool is_about_grant(const Failure& failure) {
  return failure.error == "unsupported_grant_type" ||
         failure.description.find("Unsupported grant type") != std::string::npos;
}

Lesson two_step(const Run& run, const Failure& failure) {
  return {
      .title = "Refused: " + run.username + " has two-step verification",
      .happened = server_said(failure, " and issued no token."),
      .means = fmt::format(
          "The password was right. It is not enough for {}, and this grant has no place for a "
          "second factor. Bitbucket uses the same words for a wrong password, so an app cannot "
          "tell the two apart.",
          run.username),
      .todo = fmt::format(
          "An app that meets this sends {} to the authorization server's own page, which can "
          "ask for the second step: the authorization code grant. Switching the second step off "
          "is not the way.",
          run.username),
      .actions = json::array({link("See what to use instead", "#step-8", true),
                              sign_in_as("alice", &run, "Sign in as alice instead", false)})};
}

Lesson wrong_demo_password(const Run& run, const Failure& failure) {
  return {.title = fmt::format("Refused: that is not {}'s password", run.username),
          .happened = server_said(failure, " and issued no token."),
          .means =
              "Name or password is wrong; the answer does not say which, so that nobody can "
              "find out which names exist. An unknown name gets the same answer, in the same "
              "time.",
          .todo = fmt::format("The demo password of {0} is {0}-password. Type it again, or let the "
                              "page do it.",
                              run.username),
          .actions = json::array({sign_in_as(run.username, &run, "Run it as " + run.username, true),
                                  link("Type it again", "#credentials")})};
}

Lesson wrong_credentials(const Run& run, const Failure& failure, const LessonContext& context) {
  Lesson lesson{
      .title = "Refused: wrong password, or two-step verification",
      .happened = server_said(failure, " and issued no token."),
      .means =
          "The name is unknown, the password is wrong, or the account has two-step "
          "verification on: the answer does not tell. One answer for all three keeps "
          "strangers from finding out which accounts exist.",
      .todo =
          "Check name and password and send them again. With two-step verification on this "
          "grant cannot work; the authorization code grant can.",
      .actions = json::array({link("Type them again", "#credentials", true)})};
  if (context.demo) lesson.actions.push_back(sign_in_as("alice", &run, "Run it as alice", false));
  return lesson;
}

Lesson refused_other_grant(const Run& run, const Failure& failure) {
  const bool by_person = failure.error == "access_denied";
  return {.title = by_person ? "Refused: the person said no" : "Refused: no token by this grant",
          .happened = failure.status == 0 && !by_person ? json::array({plain(failure.what)})
                                                        : json::array({plain("The authorization "
                                                                             "server answered "),
                                                                       wire(failure.error)}),
          .means = by_person
                       ? "The sign-in page asked, and the answer was no. The app got no code, and "
                         "never saw a password."
                       : (run.consumer == 1 ? "This consumer is of the newer profile, in which "
                                              "this grant has other rules."
                                            : "The server did not take what the app sent."),
          .todo = failure.advice.empty() ? "Try it again, or another grant." : failure.advice,
          .actions = json::array({link("Back to the grants", "/grants", true)})};
}

Lesson refused_sign_in(const Run& run, const Failure& failure, const LessonContext& context) {
  if (failure.status == 429) {
    const std::string wait = failure.retry_after
                                 ? "Wait " + seconds_words(*failure.retry_after) + ", then"
                                 : std::string{"Wait a while, then"};
    return {.title = "Refused: too many wrong passwords",
            .happened = server_said(failure, " without looking at the password."),
            .means =
                "After some wrong passwords the server makes everybody at this address wait "
                "for that name, so that nobody can try them all. A right password is refused "
                "alike meanwhile. Tokens that are out already keep working.",
            .todo = wait + " try again.",
            .actions = json::array({link("Back to the form", "#credentials", true)})};
  }
  if (failure.status >= 500) {
    return {.title = "The authorization server could not do it",
            .happened = server_said(failure, "."),
            .means =
                "The server has a fault or too much to do. That says nothing about the "
                "password.",
            .todo = "Try again in a moment.",
            .actions = json::array({link("Back to the form", "#credentials", true)})};
  }
  if (is_about_consumer(failure.error)) {
    return {.title = "Refused: the server does not know this app",
            .happened = server_said(failure, " before it looked at the password."),
            .means =
                "The consumer key or secret is wrong, or the consumer may not use this grant. "
                "It is about the app, not about the person.",
            .todo =
                "Compare consumerKey and consumerSecret in config.json with what Workspace "
                "settings, OAuth consumers shows, and start bbgrant again.",
            .actions = json::array({link("Where key and secret come from", "#step-2", true)})};
  }
  if (is_about_grant(failure)) {
    return {.title = "Refused: this server has ended the password grant",
            .happened = server_said(failure, " and did not look at the password."),
            .means = failure.advice.empty()
                         ? std::string{"The server takes no passwords from apps any more."}
                         : failure.advice,
            .todo = "Move to a grant in which the app never sees the password.",
            .actions = json::array({link("See what to use instead", "#step-8", true)})};
  }
  const DemoAccount* account = context.demo ? find_demo_account(run.username) : nullptr;
  if (account != nullptr && account->two_step && run.demo_password) return two_step(run, failure);
  if (account != nullptr && !run.demo_password) return wrong_demo_password(run, failure);
  return wrong_credentials(run, failure, context);
}

Lesson unreachable(const Failure& failure, const LessonContext& context) {
  const bool no_answer = failure.kind == Failure::Kind::kNoAnswer;
  return {.title = no_answer ? "No answer from the server" : "Nobody answers at the server",
          .happened = json::array({plain(failure.what)}),
          .means = no_answer ? std::string{"The request went out, but nothing whole came back. "
                                           "The server may have acted on it all the same."}
                             : std::string{"No connection came about, so nothing was sent, the "
                                           "password neither."},
          .todo = context.demo
                      ? fmt::format("The sandbox should listen at {}. `bbgrant serve` starts both; "
                                    "`bbgrant sandbox` starts it alone. Then try again.",
                                    context.server_origin)
                      : failure.advice,
          .actions = json::array({link("Back to the form", "#credentials", true)})};
}

Lesson other(const Failure& failure) {
  return {.title = failure.kind == Failure::Kind::kBusy ? "This app is busy" : "That did not work",
          .happened = json::array({plain(failure.what)}),
          .means = failure.kind == Failure::Kind::kMalformed
                       ? "An answer came, but it is not what RFC 6749 allows here. A proxy or a "
                         "page of some other server may have answered."
                       : "Nothing was sent.",
          .todo = failure.advice.empty() ? "Try again in a moment." : failure.advice,
          .actions = json::array({link("Back to the form", "#credentials", true)})};
}

json api_said(const Trouble& trouble) {
  json parts = json::array({plain("The resource server answered "),
                            wire(std::to_string(trouble.failure.status)), plain(" to "),
                            wire("GET " + trouble.path)});
  if (!trouble.failure.error.empty()) {
    parts.push_back(plain(": "));
    parts.push_back(wire(trouble.failure.error));
  } else {
    parts.push_back(plain("."));
  }
  return parts;
}

Lesson refused_call(const SessionState& state, const Trouble& trouble) {
  const Failure& failure = trouble.failure;
  if (failure.status == 401 && state.run() != nullptr && state.run()->revoked) {
    return {.title = "Refused: the token was revoked",
            .happened = api_said(trouble),
            .means =
                "The server has forgotten this token, so it opens nothing, whatever time it "
                "had left. Every request is checked anew.",
            .todo = "Sign in again. A new token is another one.",
            .actions = json::array({link("Sign in again", "#step-3", true)})};
  }
  if (failure.status == 401) {
    return {.title = "Refused: the token is not good any more",
            .happened = api_said(trouble),
            .means =
                "Its time is over, or the server has forgotten it. The answer to a dead token "
                "is the same as to one that never was.",
            .todo = "Get a fresh one with the refresh token: no password is needed.",
            .actions = json::array({post("Refresh the token", "/refresh", json::array(), true),
                                    link("Sign in again", "#step-3")})};
  }
  if (failure.status == 403 && !failure.required.empty()) {
    const std::string required = shown(failure.required.text());
    return {.title = "Refused: the scope " + required + " is missing",
            .happened = api_said(trouble),
            .means = fmt::format(
                "The token is good, but it may do only what was asked for: {}. This call needs {}, "
                "\"{}\".",
                failure.granted.empty() ? std::string{"nothing"} : shown(failure.granted.text()),
                required, meaning_of_scope(*failure.required.begin())),
            .todo = "A token's scopes never grow. Get another token that has " + required +
                    "; step 3 has it ticked now.",
            .actions = json::array({link("Ask for " + required + " too", "#step-3", true)})};
  }
  if (failure.status == 404) {
    return {.title = "Not found, or not yours to see",
            .happened = api_said(trouble),
            .means =
                "There is no such thing, or this account may not see it. The answer is the "
                "same, so that it gives nothing away.",
            .todo = "Ask for something else, or as somebody else.",
            .actions = json::array({link("Back to the calls", "#step-6", true)})};
  }
  return {.title = fmt::format("The resource server answered {}", failure.status),
          .happened = api_said(trouble),
          .means = "The call went out with the token and was not done.",
          .todo = failure.advice.empty() ? "Try again in a moment." : failure.advice,
          .actions = json::array({link("Back to the calls", "#step-6", true)})};
}

Lesson refused_renewal(const Failure& failure, bool revoking) {
  return {.title = revoking ? "The token could not be revoked" : "Refused: no fresh token",
          .happened =
              failure.status == 0 ? json::array({plain(failure.what)}) : server_said(failure, "."),
          .means = revoking
                       ? "The server did not confirm it, so the token may live until it expires."
                       : "The refresh token is dead: revoked, replaced or unknown. The app has "
                         "nothing left that could stand for the password.",
          .todo = failure.advice.empty() ? "Sign in again." : failure.advice,
          .actions = json::array({link("Sign in again", "#step-3", true)})};
}

Lesson choose(const SessionState& state, const LessonContext& context) {
  const Trouble& trouble = *state.trouble;
  switch (trouble.failure.kind) {
    case Failure::Kind::kUnreachable:
    case Failure::Kind::kNoAnswer:
      return unreachable(trouble.failure, context);
    case Failure::Kind::kMalformed:
    case Failure::Kind::kNotSent:
    case Failure::Kind::kBusy:
      return other(trouble.failure);
    case Failure::Kind::kApi:
      return refused_call(state, trouble);
    case Failure::Kind::kRefused:
      if (trouble.where != ExchangeKind::kToken || state.run() == nullptr) {
        return refused_renewal(trouble.failure, trouble.where == ExchangeKind::kRevoke);
      }
      if (state.run()->grant != Grant::kPassword) {
        return refused_other_grant(*state.run(), trouble.failure);
      }
      return refused_sign_in(*state.run(), trouble.failure, context);
  }
  return other(trouble.failure);
}

}  // namespace

json lesson_of(const SessionState& state, const LessonContext& context) {
  if (!state.trouble) return nullptr;
  Lesson lesson = choose(state, context);
  return {{"title", lesson.title},
          {"happened", std::move(lesson.happened)},
          {"means", sentence(lesson.means)},
          {"todo", sentence(lesson.todo)},
          {"actions", std::move(lesson.actions)},
          {"refused", true},
          {"icon", "i-cross"}};
}

}  // namespace bbgrant::app

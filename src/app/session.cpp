// SPDX-License-Identifier: MIT
#include "app/session.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <sodium.h>

namespace bbgrant::app {

namespace {

constexpr std::size_t kMaxExchanges = 200;
constexpr std::size_t kMaxTranscriptBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxRuns = 50;
constexpr std::size_t kMaxAwaited = 8;
constexpr std::chrono::minutes kMaxWait{10};

std::size_t bytes_of(const Exchange& exchange) {
  std::size_t bytes = exchange.request.head_bytes + exchange.request.body_bytes;
  if (exchange.response) bytes += exchange.response->head_bytes + exchange.response->body_bytes;
  return bytes;
}

}  // namespace

int status_of(const Exchange& exchange) noexcept {
  if (!exchange.response || exchange.response->start_line.empty()) return 0;
  const std::string_view line = exchange.response->start_line.front().text;
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return 0;
  int status = 0;
  std::from_chars(line.data() + blank + 1, line.data() + line.size(), status);
  return status;
}

const Recorded* SessionState::find(int id) const noexcept {
  const auto found = std::find_if(transcript.begin(), transcript.end(),
                                  [id](const auto& recorded) { return recorded->id == id; });
  return found == transcript.end() ? nullptr : found->get();
}

const Recorded* SessionState::last(ExchangeKind kind, int run_number) const noexcept {
  const auto found =
      std::find_if(transcript.rbegin(), transcript.rend(), [&](const auto& recorded) {
        return recorded->kind == kind && recorded->run == run_number && recorded->path != kEdited;
      });
  return found == transcript.rend() ? nullptr : found->get();
}

const Recorded* SessionState::last(ExchangeKind kind) const noexcept {
  return runs.empty() ? nullptr : last(kind, runs.back().number);
}

Session::Session(std::string csrf) { state_.csrf = std::move(csrf); }

SessionState Session::snapshot() const {
  const std::lock_guard lock{mutex_};
  return state_;
}

bool Session::is_csrf_token(std::string_view given) const {
  const std::lock_guard lock{mutex_};
  return given.size() == state_.csrf.size() &&
         sodium_memcmp(given.data(), state_.csrf.data(), given.size()) == 0;
}

void Session::set_csrf(std::string csrf) {
  const std::lock_guard lock{mutex_};
  state_.csrf = std::move(csrf);
}

int Session::begin_run(std::string username, const Scopes& asked, bool demo_password, Grant grant,
                       std::optional<Replaced>* replaced) {
  const std::lock_guard lock{mutex_};
  const int number = state_.runs.empty() ? 1 : state_.runs.back().number + 1;
  if (replaced != nullptr && state_.token && !state_.runs.back().revoked) {
    const Run& before = state_.runs.back();
    *replaced = {.token = state_.token, .run = before.number, .consumer = before.consumer};
  }
  if (state_.runs.size() == kMaxRuns) state_.runs.erase(state_.runs.begin());
  if (grant == Grant::kPassword) state_.form_username = username;
  state_.form_scopes = asked;
  state_.runs.push_back({.number = number,
                         .username = std::move(username),
                         .grant = grant,
                         .consumer = state_.consumer,
                         .asked = asked,
                         .demo_password = demo_password});
  // A new attempt starts without what an earlier one got.
  state_.token.reset();
  state_.display_name.clear();
  state_.trouble.reset();
  return number;
}

int Session::record(int run, ExchangeKind kind, std::string_view path,
                    std::vector<Exchange> exchanges) {
  const std::lock_guard lock{mutex_};
  int id = 0;
  for (Exchange& exchange : exchanges) {
    id = next_exchange_++;
    const int status = status_of(exchange);
    transcript_bytes_ += bytes_of(exchange);
    state_.transcript.push_back(
        std::make_shared<const Recorded>(Recorded{.id = id,
                                                  .run = run,
                                                  .kind = kind,
                                                  .path = std::string{path},
                                                  .status = status,
                                                  .exchange = std::move(exchange)}));
    while (state_.transcript.size() > 1 &&
           (state_.transcript.size() > kMaxExchanges || transcript_bytes_ > kMaxTranscriptBytes)) {
      transcript_bytes_ -= bytes_of(state_.transcript.front()->exchange);
      state_.transcript.erase(state_.transcript.begin());
      state_.transcript_cut = true;
    }
  }
  return id;
}

bool Session::signed_in(int run, const std::shared_ptr<const Token>& token) {
  const std::lock_guard lock{mutex_};
  if (state_.runs.empty() || state_.runs.back().number != run) return false;
  state_.token = token;
  state_.trouble.reset();
  return true;
}

void Session::refused(int run, const Failure& failure) {
  const std::lock_guard lock{mutex_};
  for (Run& each : state_.runs) {
    if (each.number == run) each.refusal = failure;
  }
  // A late answer of an older run says nothing about the current one.
  if (!state_.runs.empty() && state_.runs.back().number == run) {
    state_.trouble = Trouble{.where = ExchangeKind::kToken, .failure = failure};
  }
}

bool Session::refreshed(int run, const std::shared_ptr<const Token>& token) {
  const std::lock_guard lock{mutex_};
  if (state_.runs.empty() || state_.runs.back().number != run) return false;
  state_.token = token;
  state_.runs.back().revoked = false;
  state_.trouble.reset();
  return true;
}

void Session::revoked(int run) {
  const std::lock_guard lock{mutex_};
  for (Run& each : state_.runs) {
    if (each.number == run) each.revoked = true;
  }
  if (!state_.runs.empty() && state_.runs.back().number == run) state_.trouble.reset();
}

void Session::greet(int run, std::string display_name, std::string username) {
  const std::lock_guard lock{mutex_};
  if (state_.runs.empty() || state_.runs.back().number != run) return;
  state_.display_name = std::move(display_name);
  if (state_.runs.back().username.empty()) state_.runs.back().username = std::move(username);
}

void Session::use_consumer(std::size_t consumer) {
  const std::lock_guard lock{mutex_};
  state_.consumer = consumer;
}

void Session::await(Awaited awaited) {
  const std::lock_guard lock{mutex_};
  if (awaited_.size() == kMaxAwaited) awaited_.erase(awaited_.begin());
  awaited_.push_back(std::move(awaited));
}

std::optional<Awaited> Session::take_awaited(std::string_view state,
                                             std::chrono::steady_clock::time_point now) {
  const std::lock_guard lock{mutex_};
  std::erase_if(awaited_, [&](const Awaited& each) { return now - each.begun > kMaxWait; });
  const auto found = std::find_if(awaited_.begin(), awaited_.end(), [&](const Awaited& each) {
    const std::string_view kept = each.authorization.state.reveal();
    return kept.size() == state.size() &&
           sodium_memcmp(kept.data(), state.data(), kept.size()) == 0;
  });
  if (found == awaited_.end()) return std::nullopt;
  Awaited taken = std::move(*found);
  awaited_.erase(found);
  return taken;
}

std::string Session::awaited_address() const {
  const std::lock_guard lock{mutex_};
  return awaited_.empty() ? std::string{} : awaited_.back().authorization.url;
}

bool Session::awaits_fragment() const {
  const std::lock_guard lock{mutex_};
  return std::any_of(awaited_.begin(), awaited_.end(),
                     [](const Awaited& each) { return each.grant == Grant::kImplicit; });
}

void Session::note_trouble(Trouble trouble) {
  const std::lock_guard lock{mutex_};
  // So that asking again with what was missing is one click.
  if (constexpr std::size_t kFew = 10;
      state_.form_scopes && trouble.failure.required.size() <= kFew) {
    state_.form_scopes =
        Scopes::read(state_.form_scopes->text() + " " + trouble.failure.required.text());
  }
  state_.trouble = std::move(trouble);
}

void Session::clear_trouble() {
  const std::lock_guard lock{mutex_};
  state_.trouble.reset();
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bbgrant/bbgrant.hpp>

#include "app/failure.hpp"

namespace bbgrant::app {

enum class ExchangeKind { kToken, kApi, kRefresh, kRevoke };

/// One exchange of the transcript. Never changed once it is there, so it may be read without a
/// lock.
struct Recorded {
  int id = 0;
  int run = 0;
  ExchangeKind kind = ExchangeKind::kToken;
  /// The path that was asked for: "/2.0/user".
  std::string path{};
  /// HTTP status of the answer; 0 when none came.
  int status = 0;
  Exchange exchange{};
};

/// One attempt to sign in and what followed from it.
struct Run {
  int number = 0;
  std::string username{};
  Scopes asked{};
  /// The typed password was the one that the README names for this demo account. Noted when it was
  /// sent on, so that a lesson can say why; the password itself is gone.
  bool demo_password = false;
  std::optional<Failure> refusal{};
  bool revoked = false;
};

/// What went wrong last, for the lesson beside the step where it happened.
struct Trouble {
  ExchangeKind where = ExchangeKind::kToken;
  Failure failure{};
  std::string path{};
};

/// What one visitor of the tour has done: a copy, so that a page is rendered from one moment.
struct SessionState {
  std::string csrf{};
  std::vector<Run> runs{};
  std::vector<std::shared_ptr<const Recorded>> transcript{};
  /// Older exchanges were dropped to keep the session small (S51).
  bool transcript_cut = false;
  /// Null until there is one, and after sign-out.
  std::shared_ptr<const Token> token{};
  /// From the last GET /2.0/user of this run that was answered.
  std::string display_name{};
  std::optional<Trouble> trouble{};
  /// What was typed last, but for the password.
  std::string form_username{};
  std::optional<Scopes> form_scopes{};

  [[nodiscard]] const Run* run() const noexcept { return runs.empty() ? nullptr : &runs.back(); }
  /// Null when there is none of that number, or it was dropped.
  [[nodiscard]] const Recorded* find(int id) const noexcept;
  /// The last one of that kind in the current run, or null.
  [[nodiscard]] const Recorded* last(ExchangeKind kind) const noexcept;
};

/// One visitor's state on the server. Thread-safe; no lock is held while anything is sent.
class Session {
 public:
  explicit Session(std::string csrf);

  [[nodiscard]] SessionState snapshot() const;
  /// Compares in constant time (S47).
  [[nodiscard]] bool is_csrf_token(std::string_view given) const;
  void set_csrf(std::string csrf);

  /// A person gave name and password: a new run, message 1. Gives its number.
  int begin_run(std::string username, const Scopes& asked, bool demo_password);
  /// Adds what went over the wire to the transcript; gives the id of the last, 0 for none.
  int record(int run, ExchangeKind kind, std::string_view path, std::vector<Exchange> exchanges);
  void signed_in(Token token);
  void refused(int run, const Failure& failure);
  void refreshed(Token token);
  void revoked();
  void greet(std::string display_name);
  void note_trouble(Trouble trouble);
  void clear_trouble();

 private:
  mutable std::mutex mutex_;
  SessionState state_;
  int next_exchange_ = 1;
  std::size_t transcript_bytes_ = 0;
};

/// The status in "HTTP/1.1 200 OK"; 0 when there is none.
[[nodiscard]] int status_of(const Exchange& exchange) noexcept;

}  // namespace bbgrant::app

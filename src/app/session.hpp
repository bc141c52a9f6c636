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

/// The path of a token request that the person wrote, in place of the run's own.
inline constexpr std::string_view kEdited = "edited";

/// How a run asks for its token.
enum class Grant { kPassword, kAuthorizationCode, kClientCredentials, kJwt, kImplicit };

/// One attempt to get a token and what followed from it.
struct Run {
  int number = 0;
  /// Empty where no person takes part, or none is known yet.
  std::string username{};
  Grant grant = Grant::kPassword;
  /// Which of the app's consumers asked.
  std::size_t consumer = 0;
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
  /// The consumer that the next run will use: 0, or 1 for the newer profile's.
  std::size_t consumer = 0;
  /// What was typed last, but for the password.
  std::string form_username{};
  std::optional<Scopes> form_scopes{};

  [[nodiscard]] const Run* run() const noexcept { return runs.empty() ? nullptr : &runs.back(); }
  /// Null when there is none of that number, or it was dropped.
  [[nodiscard]] const Recorded* find(int id) const noexcept;
  /// The last one of that kind in that run, or null. An edited request is not the run's own.
  [[nodiscard]] const Recorded* last(ExchangeKind kind, int run_number) const noexcept;
  /// The same in the current run.
  [[nodiscard]] const Recorded* last(ExchangeKind kind) const noexcept;
};

/// The token of an earlier run.
struct Replaced {
  std::shared_ptr<const Token> token;
  int run = 0;
  std::size_t consumer = 0;
};

/// An authorization request whose answer has not come yet.
struct Awaited {
  Authorization authorization;
  /// kAuthorizationCode or kImplicit.
  Grant grant = Grant::kAuthorizationCode;
  /// Where the person goes on afterwards, on a page of ours.
  std::string back{};
  std::size_t consumer = 0;
  std::chrono::steady_clock::time_point begun{};
};

/// One visitor's state on the server. Thread-safe; no lock is held while anything is sent.
class Session {
 public:
  explicit Session(std::string csrf);

  [[nodiscard]] SessionState snapshot() const;
  /// Compares in constant time (S47).
  [[nodiscard]] bool is_csrf_token(std::string_view given) const;
  void set_csrf(std::string csrf);

  /// A new run begins, message 1. Gives its number.
  /// @param replaced  gets the token that the run before it held, with the consumer that asked for
  ///                  it: it is to be revoked.
  int begin_run(std::string username, const Scopes& asked, bool demo_password,
                Grant grant = Grant::kPassword, std::optional<Replaced>* replaced = nullptr);
  /// Adds what went over the wire to the transcript; gives the id of the last, 0 for none.
  int record(int run, ExchangeKind kind, std::string_view path, std::vector<Exchange> exchanges);
  /// False, and nothing is kept, when a newer run has begun: then nobody will ever use the token.
  [[nodiscard]] bool signed_in(int run, const std::shared_ptr<const Token>& token);
  void refused(int run, const Failure& failure);
  /// False when the run is not the current one any more, as signed_in().
  [[nodiscard]] bool refreshed(int run, const std::shared_ptr<const Token>& token);
  void revoked(int run);
  /// @param username  for a run that began without one.
  void greet(int run, std::string display_name, std::string username = {});
  void use_consumer(std::size_t consumer);

  /// The browser was sent to the authorization server: keeps what its answer will be judged by.
  void await(Awaited awaited);
  /// What was kept for that state, once (S18): a second look finds nothing, nor one after ten
  /// minutes.
  [[nodiscard]] std::optional<Awaited> take_awaited(std::string_view state,
                                                    std::chrono::steady_clock::time_point now);
  /// The address that the browser was last to be sent to, and has not come back from; empty: none.
  [[nodiscard]] std::string awaited_address() const;
  /// Whether an answer of the implicit grant may come: only a script can read it.
  [[nodiscard]] bool awaits_fragment() const;
  void note_trouble(Trouble trouble);
  void clear_trouble();

 private:
  mutable std::mutex mutex_;
  SessionState state_;
  std::vector<Awaited> awaited_;
  int next_exchange_ = 1;
  std::size_t transcript_bytes_ = 0;
};

/// The status in "HTTP/1.1 200 OK"; 0 when there is none.
[[nodiscard]] int status_of(const Exchange& exchange) noexcept;

}  // namespace bbgrant::app

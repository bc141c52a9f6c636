// SPDX-License-Identifier: MIT
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include <bbgrant/error.hpp>
#include <bbgrant/session.hpp>

#include "client/crypto.hpp"
#include "client/inline.hpp"

namespace bbgrant::detail {

[[noreturn]] inline void require_login(const std::string& why, OAuthError::Answer answer = {},
                                       std::string url = {}) {
  throw LoginRequired("Login required: " + why, std::move(answer), std::move(url), "Sign in again");
}

inline TransportError cancelled_error() {
  return {TransportFault::kCancelled, "The call was cancelled", {}, {}, false};
}

/// Throws a copy of what the work threw, on another thread. Each waiter has a copy of its own, so
/// that no exception object is shared among threads.
using Rethrow = std::function<void()>;

template <class Work>
inline Rethrow outcome_of(const Work& work) {
  try {
    work();
    return {};
  } catch (const LoginRequired& error) {
    return [error] { throw error; };
  } catch (const OAuthError& error) {
    return [error] { throw error; };
  } catch (const TransportError& error) {
    return [error] { throw error; };
  } catch (const ProtocolError& error) {
    return [error] { throw error; };
  } catch (const ConfigError& error) {
    return [error] { throw error; };
  } catch (...) {  // a store's own error, or no memory
    return [error = std::current_exception()] { std::rethrow_exception(error); };
  }
}

}  // namespace bbgrant::detail

namespace bbgrant {

struct Session::Parts {
  /// One replacement of the token, by one thread; the others wait for it.
  struct Flight {
    bool done = false;
    detail::Rethrow failure{};
  };
  /// The token that a call used, to see later whether it was replaced meanwhile.
  struct Bearer {
    Secret token;
    std::uint64_t generation;
  };

  Parts(Client its_client, ApiClient its_api, std::shared_ptr<TokenStore> its_store,
        SessionOptions its_options)
      : client(std::move(its_client)),
        api(std::move(its_api)),
        store(its_store ? std::move(its_store) : memory_token_store()),
        options(std::move(its_options)),
        token(store->load()) {}

  Client client;
  ApiClient api;
  std::shared_ptr<TokenStore> store;
  SessionOptions options;

  mutable std::mutex mutex{};
  std::condition_variable_any landed{};
  std::optional<Token> token{};      // guarded by mutex
  std::uint64_t generation = 0;      // guarded by mutex; one more for each new token
  std::shared_ptr<Flight> flight{};  // guarded by mutex; null: nobody replaces the token

  /// Runs `work` as the only thread that replaces the token; the mutex is not held meanwhile.
  template <class Work>
  void alone(std::unique_lock<std::mutex>& lock, const Work& work) {
    const auto mine = std::make_shared<Flight>();
    flight = mine;
    lock.unlock();
    auto failure = detail::outcome_of(work);
    lock.lock();
    mine->failure = failure;
    mine->done = true;
    flight.reset();
    lock.unlock();
    landed.notify_all();
    if (failure) failure();
  }

  /// Waits until nobody replaces the token.
  void wait_for_turn(std::unique_lock<std::mutex>& lock) {
    landed.wait(lock, [this] { return flight == nullptr; });
  }

  void adopt(Token fresh) {
    const std::scoped_lock lock{mutex};
    token = std::move(fresh);
    ++generation;
  }

  /// No new access token, so no new generation: who saw the old one must not take it for replaced.
  void keep_without_refresh_token(Token old) {
    const std::scoped_lock lock{mutex};
    token = std::move(old);
  }

  void forget() {
    const std::scoped_lock lock{mutex};
    token.reset();
    ++generation;
  }

  [[nodiscard]] std::optional<Token> current() const {
    const std::scoped_lock lock{mutex};
    if (!token) return std::nullopt;
    return token->copy();
  }

  [[nodiscard]] Bearer bearer() const {
    const std::scoped_lock lock{mutex};
    if (!token) detail::require_login("nobody is signed in");
    return {token->access_token.copy(), generation};
  }

  void renew(std::uint64_t seen, const std::stop_token& stop);
  void replace(const std::stop_token& stop);
  [[nodiscard]] Token refreshed(Token old, const std::stop_token& stop);
  [[nodiscard]] Bearer good_bearer(const std::stop_token& stop);
};

/// Sees to it that the token of generation `seen` is replaced, by this thread or another one.
BBGRANT_INLINE void Session::Parts::renew(std::uint64_t seen, const std::stop_token& stop) {
  std::unique_lock lock{mutex};
  while (generation == seen) {  // else it was replaced meanwhile: nothing to do (S42)
    if (!flight) {
      alone(lock, [this, &stop] { replace(stop); });
      return;
    }
    const auto joined = flight;
    if (!landed.wait(lock, stop, [&joined] { return joined->done; }))
      throw detail::cancelled_error();
    if (!joined->failure) continue;
    try {
      joined->failure();
    } catch (const TransportError& error) {
      // Another caller's cancellation is not ours: take the next turn.
      if (error.fault() != TransportFault::kCancelled) throw;
    }
  }
}

/// The whole replacement: other processes kept out, the store read again, asked, saved, used.
BBGRANT_INLINE void Session::Parts::replace(const std::stop_token& stop) {
  auto old = current();
  const auto hold = store->hold(options.refresh_timeout, stop);
  if (hold || !old) {
    // Another process may have been first; its token is as good as one of our own.
    auto stored = store->load();
    const bool other = stored && (!old || !detail::same_secret(stored->access_token.reveal(),
                                                               old->access_token.reveal()));
    if (other && !stored->expired(client.now(), options.early)) return adopt(*std::move(stored));
    if (other) old = std::move(stored);
  }
  if (!old) detail::require_login("nobody is signed in");
  Token fresh = refreshed(*std::move(old), stop);
  Token shown = fresh.copy();
  const auto failure = detail::outcome_of([this, &fresh] { store->save(fresh); });
  adopt(std::move(fresh));  // also when it could not be saved: the old refresh token may be spent
  if (failure) failure();
  if (options.token_changed) options.token_changed(shown);
}

BBGRANT_INLINE Token Session::Parts::refreshed(Token old, const std::stop_token& stop) {
  if (!old.refresh_token)
    detail::require_login("the token is no longer good and there is no refresh token");
  try {
    Token fresh = client.refresh(*old.refresh_token, {}, options.refresh_timeout, stop);
    if (!fresh.scopes) fresh.scopes = old.scopes;  // RFC 6749 section 6: as before
    return fresh;
  } catch (const OAuthError& error) {
    if (!refuses_refresh_token(error)) throw;  // S42: a passing refusal costs nothing
    old.refresh_token.reset();                 // a definite one: never sent again
    store->save(old);
    keep_without_refresh_token(std::move(old));
    detail::require_login(error.what(), error.answer(), error.url());
  }
}

/// The token, replaced first when it is near its end.
BBGRANT_INLINE Session::Parts::Bearer Session::Parts::good_bearer(const std::stop_token& stop) {
  const auto now = client.now();
  std::uint64_t seen = 0;
  bool alive = false;
  {
    const std::scoped_lock lock{mutex};
    if (token && !token->expired(now, options.early))
      return {token->access_token.copy(), generation};
    seen = generation;
    alive = token && !token->expired(now, std::chrono::seconds{0});
  }
  try {
    renew(seen, stop);
  } catch (const Error&) {
    // While the old token lives, a failed refresh is no reason to fail.
    if (!alive || stop.stop_requested()) throw;
  }
  return bearer();
}

BBGRANT_INLINE Session::Session(Client client, ApiClient api, std::shared_ptr<TokenStore> store,
                                SessionOptions options)
    : parts_(std::make_unique<Parts>(std::move(client), std::move(api), std::move(store),
                                     std::move(options))) {}

BBGRANT_INLINE Session::~Session() = default;

BBGRANT_INLINE void Session::sign_in(Token token) {
  Token shown = token.copy();
  std::unique_lock lock{parts_->mutex};
  parts_->wait_for_turn(lock);
  parts_->alone(lock, [this, &token] {
    const auto hold = parts_->store->hold(parts_->options.refresh_timeout, {});
    parts_->store->save(token);
    parts_->adopt(std::move(token));
  });
  if (parts_->options.token_changed) parts_->options.token_changed(shown);
}

BBGRANT_INLINE void Session::sign_out() {
  std::optional<Token> old;
  std::unique_lock lock{parts_->mutex};
  parts_->wait_for_turn(lock);
  parts_->alone(lock, [this, &old] {
    old = parts_->current();
    const auto hold = parts_->store->hold(parts_->options.refresh_timeout, {});
    parts_->forget();
    parts_->store->clear();
  });
  if (!old || parts_->client.server().revoke_url.empty()) return;
  // RFC 7009 section 2.1: a server may leave the access token alive when the refresh token ends.
  if (old->refresh_token) parts_->client.revoke(*old->refresh_token, WireKind::kRefreshToken);
  parts_->client.revoke(old->access_token, WireKind::kAccessToken);
}

BBGRANT_INLINE std::optional<Token> Session::token() const { return parts_->current(); }

BBGRANT_INLINE Secret Session::access_token(const std::stop_token& stop) {
  return parts_->good_bearer(stop).token;
}

BBGRANT_INLINE void Session::refresh(const std::stop_token& stop) {
  std::uint64_t seen = 0;
  {
    const std::scoped_lock lock{parts_->mutex};
    seen = parts_->generation;
  }
  parts_->renew(seen, stop);
}

BBGRANT_INLINE ApiResponse Session::send(const ApiRequest& request) {
  auto bearer = parts_->good_bearer(request.stop);
  try {
    return parts_->api.send(request, bearer.token);
  } catch (const ApiError& error) {
    if (error.status() != 401) throw;
  }
  // The server refused the token before it acted, so any method may be sent again, once.
  parts_->renew(bearer.generation, request.stop);
  bearer = parts_->bearer();
  return parts_->api.send(request, bearer.token);
}

BBGRANT_INLINE ApiResponse Session::get(std::string target) {
  return send({.target = std::move(target)});
}

BBGRANT_INLINE ApiResponse Session::post(std::string target, std::string json_body) {
  return send({.method = "POST", .target = std::move(target), .body = std::move(json_body)});
}

BBGRANT_INLINE ApiResponse Session::put(std::string target, std::string json_body) {
  return send({.method = "PUT", .target = std::move(target), .body = std::move(json_body)});
}

BBGRANT_INLINE ApiResponse Session::remove(std::string target) {
  return send({.method = "DELETE", .target = std::move(target)});
}

BBGRANT_INLINE Items Session::items(std::string target) {
  return {[this](const std::string& page) { return get(page); }, std::move(target)};
}

}  // namespace bbgrant

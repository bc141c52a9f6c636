// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <bbgrant/bbgrant.hpp>

#include "app/failure.hpp"

namespace bbgrant::base {
class Clock;
}

namespace bbgrant::app {

struct Consumer;

/// What a call gave, and each exchange that really went over the wire, in order.
template <class Value>
struct Called {
  std::variant<Value, Failure> outcome;
  std::vector<Exchange> exchanges;

  [[nodiscard]] bool ok() const noexcept { return outcome.index() == 0; }
  [[nodiscard]] const Failure& failure() const { return std::get<Failure>(outcome); }
};

/// The app's calls of the client library: one server, one consumer, connections kept between calls.
///
/// Every function blocks until the server has answered or the timeout has passed, so they run on a
/// base::Executor. All may be called from several threads at once.
class ServerCalls {
 public:
  /// @throws ConfigError the server's URLs or the consumer cannot be used.
  ServerCalls(Server server, const Consumer& consumer, std::chrono::milliseconds timeout,
              const base::Clock& clock);

  /// @param password  wiped when this returns.
  [[nodiscard]] Called<Token> password_grant(const Username& username, Secret password,
                                             const Scopes& scopes) const;
  [[nodiscard]] Called<Token> refresh(const Secret& refresh_token) const;
  /// Revokes the refresh token where there is one, which ends its access tokens too, then the
  /// access token.
  [[nodiscard]] Called<std::monostate> revoke(const Token& token) const;
  /// @param path  one of the paths that the page offers; no request can name another host (S48).
  [[nodiscard]] Called<ApiResponse> get(const std::string& path, const Secret& bearer) const;

  /// Empty: the server has no revocation endpoint.
  [[nodiscard]] const Server& server() const noexcept { return server_; }

  /// How the last real call went, for servers that nobody looks at in between: the failure's
  /// sentence, empty when it reached the server; nothing before the first call.
  [[nodiscard]] std::optional<std::string> last_trouble() const;

 private:
  template <class Value, class Call>
  Called<Value> watch(Call&& call) const;

  Server server_;
  ConsumerKey key_;
  Secret secret_;
  std::chrono::milliseconds timeout_;
  const base::Clock& clock_;
  std::shared_ptr<Transport> transport_;
  mutable std::atomic<std::shared_ptr<const std::string>> last_trouble_{};
};

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <bbgrant/bbgrant.hpp>

#include "app/failure.hpp"

namespace bbgrant::base {
class Clock;
}

namespace bbgrant::app {

struct AppOptions;
enum class Grant;

/// What a call gave, and each exchange that really went over the wire, in order.
template <class Value>
struct Called {
  std::variant<Value, Failure> outcome;
  std::vector<Exchange> exchanges;

  [[nodiscard]] bool ok() const noexcept { return outcome.index() == 0; }
  [[nodiscard]] const Failure& failure() const { return std::get<Failure>(outcome); }
};

/// The app's calls of the client library: one server, its consumers, connections kept between
/// calls.
///
/// The functions block until the server has answered, the timeout has passed or cancel() was
/// called, so they run on a base::Executor. All may be called from several threads at once.
class ServerCalls {
 public:
  /// Asks for a token in one way or another, within the time and until told to stop.
  using Ask =
      std::function<Token(const Client&, std::chrono::milliseconds timeout, std::stop_token stop)>;

  /// @throws ConfigError the server's URLs or a consumer cannot be used.
  ServerCalls(const AppOptions& options, const base::Clock& clock);

  /// @param consumer  0, or 1 for the one of the newer profile.
  [[nodiscard]] Called<Token> token(std::size_t consumer, const Ask& ask) const;
  /// Revokes the refresh token where there is one, which ends its access tokens too, and the access
  /// token, whatever the first gave.
  [[nodiscard]] Called<std::monostate> revoke(std::size_t consumer, const Token& token) const;
  /// @param target  below /2.0/: the caller has checked it, and the host is fixed (S48).
  [[nodiscard]] Called<ApiResponse> call(ApiRequest request, const Secret& bearer) const;
  [[nodiscard]] Called<ApiResponse> get(const std::string& path, const Secret& bearer) const;
  /// Sends anything to the token endpoint, exactly as given.
  [[nodiscard]] Called<std::monostate> raw(std::size_t consumer, std::string method,
                                           std::vector<WireHeader> headers, WireText body) const;
  /// Sends nothing. @throws ConfigError the server has no authorize URL.
  [[nodiscard]] Authorization begin(std::size_t consumer, Grant grant, const RedirectUri& callback,
                                    const Scopes& scopes) const;

  /// Ends the calls that wait for an answer, and each later one at once.
  void cancel() noexcept { stop_.request_stop(); }

  [[nodiscard]] const Server& server() const noexcept { return server_; }

  /// How the last real call went, for servers that nobody looks at in between: the failure's
  /// sentence, empty when it reached the server; nothing before the first call.
  [[nodiscard]] std::optional<std::string> last_trouble() const;

 private:
  template <class Value, class Call>
  Called<Value> watch(Call&& call) const;

  [[nodiscard]] Client client(std::size_t consumer, Options options) const;

  Server server_;
  ClientAuthentication authentication_;
  std::vector<std::pair<ConsumerKey, Secret>> consumers_;
  std::chrono::milliseconds timeout_;
  std::stop_source stop_;
  const base::Clock& clock_;
  std::shared_ptr<Transport> transport_;
  mutable std::atomic<std::shared_ptr<const std::string>> last_trouble_{};
};

}  // namespace bbgrant::app

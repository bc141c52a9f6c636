// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "authorization/authorization_server.hpp"
#include "authorization/random_token.hpp"
#include "authorization/scopes.hpp"
#include "authorization/seal.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization::testing {

/// "Basic " and the Base64 of "key:secret".
[[nodiscard]] std::string basic(std::string_view key, std::string_view secret);

/// An authorization server on a store of its own, without a socket, under a clock that stands still.
/// Its accounts: alice; bob, two-step; dave, disabled. Passwords are "NAME-password". Its
/// consumers: "key" / "secret" with account, email, repository; "other" / "secret"; "today" under
/// the rules without this grant; "narrow", which may only refresh.
class AuthorizationFixture : public ::testing::Test {
 protected:
  /// @param on  an empty store, where it is not to be one in memory.
  explicit AuthorizationFixture(ErrorStyle errors = ErrorStyle::kBitbucket,
                                std::shared_ptr<store::Store> on = {});
  ~AuthorizationFixture() override;

  struct Sent {
    std::string body = {};
    std::string authorization = basic("key", "secret");
    std::string content_type = "application/x-www-form-urlencoded";
    std::string query = {};
    std::string path = "/site/oauth2/access_token";
    std::string address = "192.0.2.1";
    http::Method method = http::Method::kPost;
  };

  /// Sends, as a POST if nothing else is said, and gives the answer.
  http::Response post(Sent sent);
  /// POSTs and gives the answer's JSON.
  nlohmann::json post_json(Sent sent);
  /// The body of a password grant.
  [[nodiscard]] static std::string password_body(std::string_view name = "alice");

  /// Starts afresh with the standard's error codes.
  void use_rfc_errors();
  /// A private consumer of alice, not yet added, of the older profile and with the secret "secret".
  [[nodiscard]] store::Consumer consumer(std::string_view key, std::string_view permissions) const;

  template <class T>
  T wait_for(boost::asio::awaitable<T> coroutine) {
    auto future = boost::asio::co_spawn(loop_, std::move(coroutine), boost::asio::use_future);
    loop_.restart();
    loop_.run();
    return future.get();
  }

  /// Starts afresh with other behaviour.
  void restart(Behaviour behaviour);

  /// Outlives the threads of the store and of the hasher, which wake it.
  boost::asio::io_context loop_;
  base::ManualClock clock;
  std::vector<std::string> lines;
  base::Log log{[this](std::string_view line) { lines.emplace_back(line); }};
  std::shared_ptr<store::Store> store;
  Sealer sealer = Sealer::with_new_key();
  std::unique_ptr<AuthorizationServer> server;
  store::AccountId alice{};

 private:
  void seed();

  http::Router router_;
};

}  // namespace bbgrant::authorization::testing

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "authorization/error_table.hpp"
#include "authorization/profile.hpp"
#include "authorization/scopes.hpp"
#include "bbgrant/secret.hpp"
#include "http/form.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// A token request that has passed the checks that all grants share: the client is who it says and
/// may use this grant.
struct TokenRequest {
  const store::Consumer& consumer;
  const Profile& profile;
  ErrorStyle errors;
  const http::Headers& headers;
  /// Decoded, no parameter twice. A grant takes its secrets out, which wipes them here.
  http::Form& form;
  /// The peer's address as limits count it.
  std::string_view address;
  /// The request's id, for the log.
  std::string_view id;
};

/// A successful answer of RFC 6749 section 5.1, before it is written.
struct Issued {
  Secret access_token;
  std::optional<Secret> refresh_token;
  ScopeSet scopes;
  std::chrono::seconds expires_in;
};

using GrantOutcome = std::variant<Issued, Refused>;

/// One way to get an access token. One class and one file a grant; grants.cpp lists them all.
class Grant {
 public:
  Grant() = default;
  Grant(const Grant&) = delete;
  Grant& operator=(const Grant&) = delete;
  virtual ~Grant() = default;

  /// The value of grant_type.
  [[nodiscard]] virtual std::string_view grant_type() const = 0;

  /// Whether authenticate() is asked who the client is, instead of Basic or the body.
  [[nodiscard]] virtual bool authenticates_client() const { return false; }
  [[nodiscard]] virtual boost::asio::awaitable<std::variant<store::Consumer, Refused>> authenticate(
      const http::Headers&, const http::Form&) {
    co_return Refused{Refusal::kNoClientAuthentication};
  }

  /// Checks the grant's own parameters and issues, or says why not. Thread-safe.
  /// @throws store::StoreError; nothing was issued then.
  [[nodiscard]] virtual boost::asio::awaitable<GrantOutcome> handle(TokenRequest request) = 0;
};

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include "authorization/password_grant.hpp"

#include <utility>

namespace bbgrant::authorization {

PasswordGrant::PasswordGrant(PasswordCheck& passwords, TokenIssuer& issuer)
    : passwords_(passwords), issuer_(issuer) {}

// RFC 6749 section 4.3.2: username and password required, scope optional.
boost::asio::awaitable<GrantOutcome> PasswordGrant::handle(TokenRequest request) {
  PasswordCheck::Attempt attempt{.username = std::string{request.form.get("username").value_or("")},
                                 .password = request.form.take_secret("password"),
                                 .address = std::string{request.address},
                                 .id = std::string{request.id},
                                 .consumer = request.consumer.key};
  if (attempt.username.empty()) co_return Refused{Refusal::kMissingParameter, "username"};
  if (attempt.password.empty()) co_return Refused{Refusal::kMissingParameter, "password"};

  auto scopes = TokenIssuer::decide_scopes(request.consumer, request.form.get("scope").value_or(""),
                                           request.errors);
  if (auto* refused = std::get_if<Refused>(&scopes)) co_return std::move(*refused);

  auto checked = co_await passwords_.check(std::move(attempt));
  if (auto* refused = std::get_if<Refused>(&checked)) co_return std::move(*refused);

  TokenOrder order{.consumer = request.consumer,
                   .profile = request.profile,
                   .grant = grant_type(),
                   .account = &std::get<store::Account>(checked),
                   .scopes = std::get<ScopeSet>(std::move(scopes)),
                   .address = request.address,
                   .id = request.id};
  co_return co_await issuer_.issue(std::move(order));
}

}  // namespace bbgrant::authorization

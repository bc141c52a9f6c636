// SPDX-License-Identifier: MIT
#include "authorization/client_credentials_grant.hpp"

#include <optional>
#include <utility>

namespace bbgrant::authorization {

boost::asio::awaitable<GrantOutcome> ClientCredentialsGrant::handle(TokenRequest request) {
  const store::Consumer& consumer = request.consumer;
  if (!consumer.is_private) co_return Refused{Refusal::kPublicConsumer};  // S8
  // Bitbucket, not RFC 6749: without a callback no grant is given, not even this one.
  if (request.errors == ErrorStyle::kBitbucket && consumer.callback_url.empty()) {
    co_return Refused{Refusal::kNoCallback};
  }

  auto scopes =
      TokenIssuer::decide_scopes(consumer, request.form.get("scope").value_or(""), request.errors);
  if (auto* refused = std::get_if<Refused>(&scopes)) co_return std::move(*refused);

  std::optional<store::Account> owner;
  if (request.profile.consumer_acts_as_owner) {
    if (consumer.owner) owner = co_await store_.find_account(*consumer.owner);
    if (!owner || !owner->active) co_return Refused{Refusal::kNoOwner};
  }
  TokenOrder order{.consumer = consumer,
                   .profile = request.profile,
                   .grant = grant_type(),
                   .account = owner ? &*owner : nullptr,
                   .scopes = std::get<ScopeSet>(std::move(scopes)),
                   .with_refresh_token = request.profile.refresh_after_client_credentials,
                   .address = request.address,
                   .id = request.id};
  co_return co_await issuer_.issue(std::move(order));
}

}  // namespace bbgrant::authorization

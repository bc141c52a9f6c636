// SPDX-License-Identifier: MIT
#include "authorization/revocation_endpoint.hpp"

#include <utility>

#include "authorization/answers.hpp"
#include "authorization/client_authentication.hpp"
#include "authorization/random_token.hpp"

namespace bbgrant::authorization {

RevocationEndpoint::RevocationEndpoint(store::Store& store, Behaviour behaviour, base::Log& log)
    : store_(store), behaviour_(behaviour), log_(log) {}

boost::asio::awaitable<http::Response> RevocationEndpoint::answer(http::Request& request) {
  const auto judged = co_await judge(request);
  if (const auto* refused = std::get_if<Refused>(&judged)) {
    co_return error_response(*refused, behaviour_.errors);
  }
  auto response = http::Response::json(200, "{}");
  forbid_caching(response);
  co_return response;
}

boost::asio::awaitable<std::variant<std::monostate, Refused>> RevocationEndpoint::judge(
    http::Request& request) {
  auto read = read_form(request, "token");  // S78: no token in the URL
  if (auto* refused = std::get_if<Refused>(&read)) co_return std::move(*refused);
  auto& form = std::get<http::Form>(read);

  auto authenticated = co_await authenticate_client(store_, request.headers, form, behaviour_);
  if (auto* refused = std::get_if<Refused>(&authenticated)) co_return std::move(*refused);
  const auto& consumer = std::get<store::Consumer>(authenticated);

  const Secret token = form.take_secret("token");
  if (token.empty()) co_return Refused{Refusal::kMissingToken};  // S78
  // token_type_hint only says where to look first; a hash is looked up in both places anyway.
  const Hash hash = hash_of(token.reveal());
  switch (co_await store_.revoke_token(hash, consumer.key)) {
    case store::Revocation::kOtherConsumer:
      co_return Refused{Refusal::kForeignToken};
    case store::Revocation::kRevoked:
      log_.event("token_revoked", {{"request", request.id},
                                   {"consumer", consumer.key},
                                   {"address", request.address_key},
                                   {"token", hash_prefix(hash)}});
      break;
    case store::Revocation::kUnknown:
      break;
  }
  co_return std::monostate{};
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include "authorization/revocation_endpoint.hpp"

#include <utility>

#include "authorization/answers.hpp"
#include "authorization/random_token.hpp"
#include "authorization/token_question.hpp"

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
  auto read = co_await read_token_question(store_, behaviour_, request);
  if (auto* refused = std::get_if<Refused>(&read)) co_return std::move(*refused);
  const auto& [consumer, token] = std::get<TokenQuestion>(read);
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

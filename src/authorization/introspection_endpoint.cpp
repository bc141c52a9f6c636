// SPDX-License-Identifier: MIT
#include "authorization/introspection_endpoint.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "authorization/answers.hpp"
#include "authorization/random_token.hpp"

namespace bbgrant::authorization {
namespace {

using Json = nlohmann::ordered_json;

// A test suite asks often; who tries out tokens asks more often still.
constexpr Throttle::Limits kMisses{.free_failures_of_pair = 1'000,
                                   .free_failures_of_address = 10'000,
                                   .longest_block = std::chrono::seconds{1}};

Json inactive() { return {{"active", false}}; }

// RFC 7662 section 2.2. A consumer that acts as itself is the subject of its token.
template <class Token>
Json active(const Token& token, const std::string& consumer_key) {
  Json body{{"active", true}, {"scope", token.scopes}, {"client_id", consumer_key}};
  if (token.account) body["username"] = token.account->nickname;
  body["sub"] = token.account ? token.account->uuid : consumer_key;
  body["iat"] = token.issued_on.time_since_epoch().count();
  return body;
}

}  // namespace

IntrospectionEndpoint::IntrospectionEndpoint(store::Store& store, const Behaviour& behaviour,
                                             const base::Clock& clock)
    : store_(store), behaviour_(behaviour), clock_(clock), misses_(clock, kMisses) {}

boost::asio::awaitable<http::Response> IntrospectionEndpoint::answer(http::Request& request) {
  auto read = co_await read_token_question(store_, behaviour_, request);
  if (const auto* refused = std::get_if<Refused>(&read)) {
    co_return error_response(*refused, behaviour_.errors);
  }
  const auto& question = std::get<TokenQuestion>(read);
  if (const auto wait = misses_.wait(question.consumer.key, request.address_key)) {
    const Refused refused{Refusal::kTooManyQuestions, {}, static_cast<unsigned>(wait->count())};
    co_return error_response(refused, behaviour_.errors);
  }
  const Json body = co_await describe(question);
  if (!body.at("active").get<bool>()) {
    misses_.failed(question.consumer.key, request.address_key);
  }
  auto response = http::Response::json(200, body.dump());
  forbid_caching(response);
  co_return response;
}

boost::asio::awaitable<Json> IntrospectionEndpoint::describe(const TokenQuestion& question) const {
  const auto now = clock_.now();
  const auto& key = question.consumer.key;
  const Hash hash = hash_of(question.token.reveal());
  if (const auto access = co_await store_.find_access_token(hash)) {
    if (access->revoked || access->expires_at <= now || access->consumer_key != key) {
      co_return inactive();
    }
    Json body = active(*access, key);
    body["token_type"] = "bearer";
    body["exp"] = access->expires_at.time_since_epoch().count();
    co_return body;
  }
  const auto refresh = co_await store_.find_refresh_token(hash, key);
  if (!refresh || refresh->revoked || (refresh->expires_at && *refresh->expires_at <= now)) {
    co_return inactive();
  }
  // No token_type: it is for what RFC 6749 section 7.1 names, and this opens nothing.
  Json body = active(*refresh, key);
  if (refresh->expires_at) body["exp"] = refresh->expires_at->time_since_epoch().count();
  co_return body;
}

}  // namespace bbgrant::authorization

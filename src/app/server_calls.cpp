// SPDX-License-Identifier: MIT
#include "app/server_calls.hpp"

#include <cstddef>
#include <utility>

#include "app/app.hpp"
#include "base/clock.hpp"

namespace bbgrant::app {

namespace {

// An answer is kept for the transcript, so it may not be large (S48, S51).
constexpr std::size_t kApiBodyLimit = std::size_t{256} * 1024;

Failure failure_of(const OAuthError& error) {
  return {.kind = Failure::Kind::kRefused,
          .status = error.status(),
          .error = error.error(),
          .description = error.description(),
          .what = error.what(),
          .advice = error.advice(),
          .retry_after = error.answer().retry_after};
}

Failure failure_of(const ApiError& error) {
  return {.kind = Failure::Kind::kApi,
          .status = error.status(),
          .error = error.message(),
          .description = error.answer().detail,
          .what = error.what(),
          .advice = error.advice(),
          .required = error.answer().required,
          .granted = error.answer().granted,
          .retry_after = error.answer().retry_after};
}

Failure failure_of(const TransportError& error) {
  return {.kind = error.sent() ? Failure::Kind::kNoAnswer : Failure::Kind::kUnreachable,
          .what = error.what(),
          .advice = error.advice()};
}

Failure failure_of(const ProtocolError& error) {
  return {.kind = Failure::Kind::kMalformed,
          .status = error.status(),
          .what = error.what(),
          .advice = error.advice()};
}

bool is_trouble(const Failure& failure) {
  return failure.kind == Failure::Kind::kUnreachable || failure.kind == Failure::Kind::kNoAnswer ||
         failure.kind == Failure::Kind::kMalformed || failure.status >= 500;
}

}  // namespace

ServerCalls::ServerCalls(Server server, const Consumer& consumer, std::chrono::milliseconds timeout,
                         const base::Clock& clock)
    : server_(std::move(server)),
      key_(consumer.key),
      secret_(consumer.secret.copy()),
      timeout_(timeout),
      clock_(clock),
      transport_(curl_transport()) {
  // Built once here so that a bad URL or key is refused before anything listens (S94).
  Client{server_, key_, secret_.copy(), {.transport = transport_}};
  ApiClient{server_, {.transport = transport_}};
}

template <class Value, class Call>
Called<Value> ServerCalls::watch(Call&& call) const {
  std::vector<Exchange> exchanges;
  // Called on this thread, before the call returns.
  Options options{
      .transport = transport_,
      .observer = [&exchanges](Exchange exchange) { exchanges.push_back(std::move(exchange)); },
      .clock = [this] { return clock_.now(); },
      .api_body_limit = kApiBodyLimit};
  std::variant<Value, Failure> outcome;
  try {
    outcome = call(std::move(options));
  } catch (const OAuthError& error) {
    outcome = failure_of(error);
  } catch (const ApiError& error) {
    outcome = failure_of(error);
  } catch (const TransportError& error) {
    outcome = failure_of(error);
  } catch (const ProtocolError& error) {
    outcome = failure_of(error);
  } catch (const ConfigError& error) {
    outcome =
        Failure{.kind = Failure::Kind::kNotSent, .what = error.what(), .advice = error.advice()};
  }
  if (!exchanges.empty()) {
    const auto* failure = std::get_if<Failure>(&outcome);
    last_trouble_.store(std::make_shared<const std::string>(
        failure != nullptr && is_trouble(*failure) ? failure->what : std::string{}));
  }
  return {std::move(outcome), std::move(exchanges)};
}

Called<Token> ServerCalls::password_grant(const Username& username, Secret password,
                                          const Scopes& scopes) const {
  return watch<Token>([&](Options options) {
    const Client client{server_, key_, secret_.copy(), std::move(options)};
    return client.password_grant(username, std::move(password), scopes, timeout_);
  });
}

Called<Token> ServerCalls::refresh(const Secret& refresh_token) const {
  return watch<Token>([&](Options options) {
    const Client client{server_, key_, secret_.copy(), std::move(options)};
    return client.refresh(refresh_token, {}, timeout_);
  });
}

Called<std::monostate> ServerCalls::revoke(const Token& token) const {
  return watch<std::monostate>([&](Options options) {
    const Client client{server_, key_, secret_.copy(), std::move(options)};
    if (token.refresh_token) {
      client.revoke(*token.refresh_token, WireKind::kRefreshToken, timeout_);
    }
    client.revoke(token.access_token, WireKind::kAccessToken, timeout_);
    return std::monostate{};
  });
}

Called<ApiResponse> ServerCalls::get(const std::string& path, const Secret& bearer) const {
  return watch<ApiResponse>([&](Options options) {
    const ApiClient api{server_, std::move(options)};
    return api.send({.target = path, .timeout = timeout_}, bearer);
  });
}

std::optional<std::string> ServerCalls::last_trouble() const {
  const auto trouble = last_trouble_.load();
  if (trouble == nullptr) return std::nullopt;
  return *trouble;
}

}  // namespace bbgrant::app

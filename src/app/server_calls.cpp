// SPDX-License-Identifier: MIT
#include "app/server_calls.hpp"

#include <cstddef>
#include <exception>
#include <utility>

#include "app/app.hpp"
#include "app/session.hpp"
#include "app/shown_text.hpp"
#include "base/clock.hpp"

namespace bbgrant::app {

namespace {

// An answer is kept for the transcript, so it may not be large (S48, S51).
constexpr std::size_t kApiBodyLimit = std::size_t{1} << 20;

// Whatever a server says of itself stands in these sentences.
constexpr std::size_t kLongestSentence = 600;

Failure failure_of(const OAuthError& error) {
  return {.kind = Failure::Kind::kRefused,
          .status = error.status(),
          .error = shown(error.error()),
          .description = shown(error.description()),
          .what = shown(error.what(), kLongestSentence),
          .advice = error.advice(),
          .retry_after = error.answer().retry_after};
}

Failure failure_of(const ApiError& error) {
  return {.kind = Failure::Kind::kApi,
          .status = error.status(),
          .error = shown(error.message()),
          .description = shown(error.answer().detail),
          .what = shown(error.what(), kLongestSentence),
          .advice = error.advice(),
          .required = error.answer().required,
          .granted = error.answer().granted,
          .retry_after = error.answer().retry_after};
}

Failure failure_of(const TransportError& error) {
  return {.kind = error.sent() ? Failure::Kind::kNoAnswer : Failure::Kind::kUnreachable,
          .what = shown(error.what(), kLongestSentence),
          .advice = error.advice()};
}

Failure failure_of(const ProtocolError& error) {
  return {.kind = Failure::Kind::kMalformed,
          .status = error.status(),
          .what = shown(error.what(), kLongestSentence),
          .advice = error.advice()};
}

bool is_trouble(const Failure& failure) {
  return failure.kind == Failure::Kind::kUnreachable || failure.kind == Failure::Kind::kNoAnswer ||
         failure.kind == Failure::Kind::kMalformed || failure.status >= 500;
}

}  // namespace

ServerCalls::ServerCalls(const AppOptions& options, const base::Clock& clock)
    : server_(options.server),
      authentication_(options.authentication),
      timeout_(options.timeout),
      clock_(clock),
      transport_(curl_transport(options.curl)) {
  consumers_.emplace_back(options.consumer.key, options.consumer.secret.copy());
  if (options.consumer2026) {
    consumers_.emplace_back(options.consumer2026->key, options.consumer2026->secret.copy());
  }
  // Built once here so that a bad URL or key is refused before anything listens (S94).
  for (std::size_t i = 0; i < consumers_.size(); ++i)
    static_cast<void>(client(i, {.transport = transport_}));
  ApiClient{server_, {.transport = transport_}};
}

Client ServerCalls::client(std::size_t consumer, Options options) const {
  const auto& [key, secret] = consumers_.at(consumer);
  options.authentication = authentication_;
  return {server_, key, secret.copy(), std::move(options)};
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
    outcome = Failure{.kind = Failure::Kind::kNotSent,
                      .what = shown(error.what(), kLongestSentence),
                      .advice = error.advice()};
  }
  if (!exchanges.empty()) {
    const auto* failure = std::get_if<Failure>(&outcome);
    last_trouble_.store(std::make_shared<const std::string>(
        failure != nullptr && is_trouble(*failure) ? failure->what : std::string{}));
  }
  return {std::move(outcome), std::move(exchanges)};
}

Called<Token> ServerCalls::token(std::size_t consumer, const Ask& ask) const {
  return watch<Token>([&](Options options) {
    return ask(client(consumer, std::move(options)), timeout_, stop_.get_token());
  });
}

Called<std::monostate> ServerCalls::revoke(std::size_t consumer, const Token& token) const {
  return watch<std::monostate>([&](Options options) {
    const Client asking = client(consumer, std::move(options));
    std::exception_ptr first;
    const auto end = [&](const Secret& each, WireKind kind) {
      try {
        asking.revoke(each, kind, timeout_, stop_.get_token());
      } catch (const Error&) {
        if (!first) first = std::current_exception();
      }
    };
    if (token.refresh_token) end(*token.refresh_token, WireKind::kRefreshToken);
    end(token.access_token, WireKind::kAccessToken);
    if (first) std::rethrow_exception(first);
    return std::monostate{};
  });
}

Called<ApiResponse> ServerCalls::call(ApiRequest request, const Secret& bearer) const {
  return watch<ApiResponse>([&](Options options) {
    request.timeout = timeout_;
    request.stop = stop_.get_token();
    return ApiClient{server_, std::move(options)}.send(request, bearer);
  });
}

Called<ApiResponse> ServerCalls::get(const std::string& path, const Secret& bearer) const {
  return call({.target = path}, bearer);
}

Called<std::monostate> ServerCalls::raw(std::size_t consumer, std::string method,
                                        std::vector<WireHeader> headers, WireText body) const {
  Called<std::monostate> called = watch<std::monostate>([&](Options options) {
    const Client asking = client(consumer, std::move(options));
    const HttpResponse answer =
        asking.raw_token_exchange(std::move(method), std::move(headers), std::move(body),
                                  "edited request", timeout_, stop_.get_token());
    // It was asked for to read the answer: a token in it is nobody's, and ends at once.
    try {
      const Token token =
          judge_token_response(answer.status, answer.headers, answer.body, clock_.now());
      if (!server_.revoke_url.empty()) {
        asking.revoke(token.access_token, WireKind::kAccessToken, timeout_, stop_.get_token());
        if (token.refresh_token) {
          asking.revoke(*token.refresh_token, WireKind::kRefreshToken, timeout_, stop_.get_token());
        }
      }
    } catch (const Error&) {
      // No token, or it lives until it expires.
    }
    return std::monostate{};
  });
  if (called.exchanges.size() > 1) called.exchanges.resize(1);
  return called;
}

Authorization ServerCalls::begin(std::size_t consumer, Grant grant, const RedirectUri& callback,
                                 const Scopes& scopes) const {
  const Client asking = client(consumer, {.transport = transport_});
  return grant == Grant::kImplicit ? asking.begin_implicit(callback, scopes)
                                   : asking.begin_authorization(callback, scopes);
}

std::optional<std::string> ServerCalls::last_trouble() const {
  const auto trouble = last_trouble_.load();
  if (trouble == nullptr) return std::nullopt;
  return *trouble;
}

}  // namespace bbgrant::app

// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include <bbgrant/client.hpp>

#include "client/client_parts.hpp"
#include "client/crypto.hpp"
#include "client/form.hpp"
#include "client/inline.hpp"
#include "client/token_response.hpp"

namespace bbgrant::detail {

/// Wipes a body that held tokens once it has been judged (S41).
class Wiped {
 public:
  explicit Wiped(std::string& text) noexcept : text_(text) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { ::explicit_bzero(text_.data(), text_.size()); }

 private:
  std::string& text_;
};

inline void judge_urls(Server& server, bool allow_plain_http) {
  const auto judge = [allow_plain_http](std::string& url, std::string_view what) {
    if (!url.empty()) url = judged_url(url, what, allow_plain_http).text();
  };
  judge(server.token_url, "The token URL");
  judge(server.authorize_url, "The authorize URL");
  judge(server.revoke_url, "The revoke URL");
  judge(server.introspect_url, "The introspect URL");
}

}  // namespace bbgrant::detail

namespace bbgrant {

BBGRANT_INLINE Client::Client(Server server, ConsumerKey key, Secret consumer_secret,
                              Options options) {
  if (key.empty())
    throw ConfigError("The consumer key is empty", {},
                      "Add a consumer at the server and copy its key");
  detail::require_one_line(key.value(), "The consumer key");
  detail::require_one_line(consumer_secret.reveal(), "The consumer secret");
  detail::judge_urls(server, options.allow_plain_http);
  parts_ = std::make_shared<const Parts>(
      Parts{.server = std::move(server),
            .key = std::move(key),
            .secret = std::move(consumer_secret),
            .authentication = options.authentication,
            .allow_plain_http = options.allow_plain_http,
            .clock = options.clock ? std::move(options.clock) : system_clock(),
            .line = detail::line_from(options)});
}

BBGRANT_INLINE Client::~Client() = default;
BBGRANT_INLINE Client::Client(Client&&) noexcept = default;
BBGRANT_INLINE Client& Client::operator=(Client&&) noexcept = default;

BBGRANT_INLINE const Server& Client::server() const noexcept { return parts_->server; }
BBGRANT_INLINE const ConsumerKey& Client::key() const noexcept { return parts_->key; }
BBGRANT_INLINE std::chrono::sys_seconds Client::now() const { return parts_->clock(); }

BBGRANT_INLINE HttpRequest Client::Parts::bare_form_request(std::string url,
                                                            std::span<const FormField> fields,
                                                            std::chrono::milliseconds timeout,
                                                            std::stop_token stop) const {
  for (const auto& field : fields) detail::require_one_line(field.value.reveal(), "A form field");
  HttpRequest request{.method = "POST", .url = std::move(url), .timeout = timeout};
  request.stop = std::move(stop);
  request.headers.push_back({"Accept", wire_text("application/json")});
  request.headers.push_back({"Content-Type", wire_text("application/x-www-form-urlencoded")});
  request.headers.push_back({"User-Agent", wire_text(line.user_agent)});
  request.body = detail::encoded_form(fields);
  return request;
}

BBGRANT_INLINE HttpRequest Client::Parts::form_request(std::string url,
                                                       std::vector<FormField> fields,
                                                       std::chrono::milliseconds timeout,
                                                       std::stop_token stop) const {
  const bool in_body = secret.empty() || authentication == ClientAuthentication::kBody;
  if (in_body) fields.push_back(FormField::plain("client_id", key.value()));
  if (in_body && !secret.empty())
    fields.push_back(FormField::hidden("client_secret", WireKind::kConsumerSecret, secret.copy()));
  auto request = bare_form_request(std::move(url), fields, timeout, std::move(stop));
  if (!in_body)
    request.headers.insert(request.headers.begin(),
                           WireHeader{"Authorization", detail::basic_credentials(key, secret)});
  return request;
}

BBGRANT_INLINE HttpRequest Client::Parts::token_form(std::string url, const Secret& token,
                                                     WireKind kind,
                                                     std::chrono::milliseconds timeout,
                                                     std::stop_token stop) const {
  if (token.empty()) throw ConfigError("The token is empty");
  const bool refresh = kind == WireKind::kRefreshToken;
  std::vector<FormField> fields;
  fields.push_back(FormField::hidden(
      "token", refresh ? WireKind::kRefreshToken : WireKind::kAccessToken, token.copy()));
  if (refresh || kind == WireKind::kAccessToken)
    fields.push_back(
        FormField::plain("token_type_hint", refresh ? "refresh_token" : "access_token"));
  return form_request(std::move(url), std::move(fields), timeout, std::move(stop));
}

BBGRANT_INLINE Authorization Client::Parts::authorization_request(std::string response_type,
                                                                  const RedirectUri& redirect_uri,
                                                                  const Scopes& scopes) const {
  if (server.authorize_url.empty())
    throw ConfigError("The server has no authorize URL", {}, "Set Server::authorize_url");
  detail::require_one_line(redirect_uri.value(), "The redirect URI");
  Authorization result{
      .state = detail::random_secret(), .redirect_uri = redirect_uri, .scopes = scopes};
  std::vector<FormField> query;
  query.push_back(FormField::plain("response_type", std::move(response_type)));
  query.push_back(FormField::plain("client_id", key.value()));
  if (!redirect_uri.empty())
    query.push_back(FormField::plain("redirect_uri", redirect_uri.value()));
  if (!scopes.empty()) query.push_back(FormField::plain("scope", scopes.text()));
  query.push_back(FormField::plain("state", std::string{result.state.reveal()}));
  // The endpoint may have a query of its own, which stays (RFC 6749 section 3.1).
  result.url = server.authorize_url +
               (server.authorize_url.find('?') == std::string::npos ? "?" : "&") +
               masked(detail::encoded_form(query));
  return result;
}

BBGRANT_INLINE Token Client::Parts::token_request(std::vector<FormField> fields,
                                                  WireText authorization, std::string_view purpose,
                                                  std::chrono::milliseconds timeout,
                                                  std::stop_token stop) const {
  if (server.token_url.empty())
    throw ConfigError("The server has no token URL", {}, "Set Server::token_url");
  HttpRequest request;
  if (authorization.empty()) {
    request = form_request(server.token_url, std::move(fields), timeout, std::move(stop));
  } else {
    request = bare_form_request(server.token_url, fields, timeout, std::move(stop));
    request.headers.insert(request.headers.begin(),
                           WireHeader{"Authorization", std::move(authorization)});
  }
  auto response = detail::exchange(line, request, purpose, detail::BodyHolds::kTokens);
  const detail::Wiped wiped{response.body};
  return detail::judge_token_answer(response.status, response.headers, response.body, clock(),
                                    detail::judged_url(request.url, "The token URL", true).shown(),
                                    detail::KnownSecrets{request});
}

BBGRANT_INLINE Token Client::token_request(std::vector<FormField> fields, std::string_view purpose,
                                           std::chrono::milliseconds timeout,
                                           std::stop_token stop) const {
  return parts_->token_request(std::move(fields), {}, purpose, timeout, std::move(stop));
}

BBGRANT_INLINE HttpResponse Client::raw_token_exchange(std::string method,
                                                       std::vector<WireHeader> headers,
                                                       WireText body, std::string_view purpose,
                                                       std::chrono::milliseconds timeout,
                                                       std::stop_token stop) const {
  constexpr std::array<std::string_view, 4> kOfTheTransport{"Host", "Content-Length",
                                                            "Transfer-Encoding", "Connection"};
  for (const auto& header : headers)
    if (std::ranges::any_of(kOfTheTransport, [&header](std::string_view name) {
          return detail::same_in_any_case(header.name, name);
        }))
      throw ConfigError("The header " + header.name + " is made from the request itself");
  HttpRequest request{.method = std::move(method),
                      .url = parts_->server.token_url,
                      .headers = std::move(headers),
                      .body = std::move(body),
                      .timeout = timeout};
  request.stop = std::move(stop);
  return detail::exchange(parts_->line, request, purpose, detail::BodyHolds::kTokens);
}

}  // namespace bbgrant

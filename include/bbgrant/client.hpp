// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <bbgrant/error.hpp>
#include <bbgrant/names.hpp>
#include <bbgrant/secret.hpp>
#include <bbgrant/server.hpp>
#include <bbgrant/token.hpp>
#include <bbgrant/transport.hpp>
#include <bbgrant/version.hpp>
#include <bbgrant/wire.hpp>

namespace bbgrant {

/// How the client shows who it is. The other way is never tried by itself: that would send a
/// password twice (S83).
enum class ClientAuthentication {
  kBasic,  ///< `Authorization: Basic`, RFC 6749 section 2.3.1
  kBody,   ///< `client_id` and `client_secret` in the form
};

/// How often ApiClient tries GET and HEAD. Other methods and token requests are sent once (S83).
struct RetryPolicy {
  int attempts = 3;  ///< in all; 1: no retry
  /// The wait before retry n is random, up to first_delay * 2^(n-1): full jitter.
  std::chrono::milliseconds first_delay = std::chrono::milliseconds{200};
  /// No wait is longer. A `Retry-After` above this, or past the deadline, ends the tries.
  std::chrono::milliseconds longest_delay = std::chrono::seconds{10};
};

/// For Client and ApiClient. The defaults are for use; each field can be left out.
struct Options {
  ClientAuthentication authentication = ClientAuthentication::kBasic;
  std::string user_agent = std::string{"bbgrant/"} + kVersion;
  /// Used when `transport` is null.
  CurlOptions curl{};
  /// Null: curl_transport(curl).
  std::shared_ptr<Transport> transport{};
  /// Null: nobody watches.
  WireObserver observer{};
  /// Null: system_clock().
  Clock clock{};
  /// Lets http:// go to other hosts than this one, where everybody on the path can read it (S39).
  bool allow_plain_http = false;
  /// More of an API answer is TransportFault::kTooLarge. Bytes.
  std::size_t api_body_limit = std::size_t{16} << 20;
  RetryPolicy retry{};
};

/// One field of a form. The value is a secret or text, not yet encoded.
struct FormField {
  std::string name{};
  WirePart value{};

  [[nodiscard]] static FormField plain(std::string name, std::string value);
  [[nodiscard]] static FormField hidden(std::string name, WireKind kind, Secret value);
};

/// What begin_authorization() made; keep it where the callback finds it, on the server's side.
/// Move-only.
struct Authorization {
  std::string url{};  ///< where to send the browser
  Secret state{};     ///< comes back in the callback
  Secret code_verifier{};
  RedirectUri redirect_uri{};
  Scopes scopes{};

  [[nodiscard]] Authorization copy() const;
};

/// Judges the callback of an authorization request and returns the code. Pure; sends nothing.
///
/// The order of checks (S84): `response` and the values of the implicit grant are refused, then a
/// parameter that comes twice, `state`, `iss` (RFC 9207), then `error`, then `code`.
/// @throws OAuthError the callback carries a refusal; ProtocolError it cannot be trusted.
[[nodiscard]] Secret judge_callback(const Authorization& authorization, const Server& server,
                                    std::string_view callback);

/// Judges the callback of the implicit grant and returns its token, which never has a refresh
/// token. Pure; sends nothing. RFC 6749 section 4.2.2.
/// @param callback  the URL with its fragment, or the fragment; read it in the browser, which does
///                  not send it to anybody.
/// @throws as judge_callback().
[[nodiscard]] Token judge_implicit_callback(const Authorization& authorization,
                                            const Server& server, std::string_view callback,
                                            std::chrono::sys_seconds now);

/// What RFC 7662 section 2.2 lets a server say. A member that was not sent is empty.
struct Introspection {
  bool active = false;
  Scopes scopes{};
  std::string client_id{};
  std::string username{};
  std::string subject{};
  std::optional<std::chrono::sys_seconds> expires_at{};
  std::string answer{};  ///< the whole answer as JSON text
};

/// An OAuth 2.0 client: asks an authorization server for tokens.
///
/// Keeps no token; see Session for that. All functions may be called from several threads at once.
///
///     bbgrant::Client client{bbgrant::Server::sandbox(), bbgrant::ConsumerKey{key},
///                            bbgrant::Secret{secret}};
///     auto token = client.password_grant(bbgrant::Username{"alice"}, std::move(password),
///                                        {"account"});
class Client {
 public:
  static constexpr std::chrono::milliseconds kTimeout = std::chrono::seconds{30};

  /// Checks the server's URLs: https, or http to this machine; no user, no fragment.
  /// @param consumer_secret  empty for a public client, which sends `client_id` only.
  /// @throws ConfigError a URL, the key or the user agent cannot be used. Nothing is sent.
  Client(Server server, ConsumerKey key, Secret consumer_secret, Options options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  /// Asks the token endpoint for an access token with the resource owner's password.
  ///
  /// This grant hands your password to the app. RFC 9700 says it must not be used, OAuth 2.1 leaves
  /// it out and Bitbucket Cloud has switched it off; use it to learn, to test, or to leave it. The
  /// way off it: authorization code with PKCE for people, client credentials for machines.
  ///
  /// @param password  wiped when this returns or throws; 1 to 1,024 bytes, sent byte for byte.
  /// @param scopes    what to ask for; empty: the server's default, and no `scope` is sent.
  /// @param timeout   for the whole exchange; zero is refused with ConfigError.
  /// @throws OAuthError the server said no (status, error, description); TransportError nothing
  /// came
  ///         back; ProtocolError what came back is no token response; ConfigError nothing was sent.
  /// RFC 6749 sections 4.3.2 and 4.3.3. RFC 9700 section 2.4.
  [[nodiscard]] Token password_grant(const Username& username, Secret password,
                                     const Scopes& scopes = {},
                                     std::chrono::milliseconds timeout = kTimeout,
                                     std::stop_token stop = {}) const;

  /// Asks for a new access token with a refresh token. The answer always has a refresh token: the
  /// server's new one (save it before use), or else a copy of the one given.
  /// @param scopes  to narrow what the token may do; empty: as before.
  /// @throws as password_grant(). The refresh token is dead only after an OAuthError for which
  ///         refuses_refresh_token() holds (S42).
  /// RFC 6749 section 6.
  [[nodiscard]] Token refresh(const Secret& refresh_token, const Scopes& scopes = {},
                              std::chrono::milliseconds timeout = kTimeout,
                              std::stop_token stop = {}) const;

  /// Asks for a token of the client's own, without a resource owner. RFC 6749 section 4.4.
  /// @throws as password_grant().
  [[nodiscard]] Token client_credentials(const Scopes& scopes = {},
                                         std::chrono::milliseconds timeout = kTimeout,
                                         std::stop_token stop = {}) const;

  /// Begins the authorization code grant: makes state and PKCE verifier, sends nothing. RFC 6749
  /// section 4.1.1, RFC 7636 section 4.
  /// @param redirect_uri  empty: the one that the client is registered with.
  /// @throws ConfigError the server has no authorize URL.
  [[nodiscard]] Authorization begin_authorization(const RedirectUri& redirect_uri,
                                                  const Scopes& scopes = {}) const;

  /// Judges the callback (judge_callback()), then spends the code for a token.
  /// @param authorization  what begin_authorization() gave, spent even if this throws: the state
  ///                       counts once (S84).
  /// @param callback       the URL that the browser was sent to, or its query.
  /// @throws OAuthError the resource owner or the server refused; otherwise as password_grant().
  /// RFC 6749 sections 4.1.2 and 4.1.3.
  [[nodiscard]] Token finish_authorization(Authorization authorization, std::string_view callback,
                                           std::chrono::milliseconds timeout = kTimeout,
                                           std::stop_token stop = {}) const;

  /// Begins the implicit grant: makes the state, sends nothing; judge_implicit_callback() ends it.
  /// For comparison: its token comes in the address, where pages, histories and extensions can read
  /// it. RFC 9700 section 2.1.2: use the authorization code grant instead.
  [[nodiscard]] Authorization begin_implicit(const RedirectUri& redirect_uri,
                                             const Scopes& scopes = {}) const;

  /// Bitbucket's `urn:bitbucket:oauth2:jwt`: a JWT signed with HS256, in place of the client's
  /// credentials, for a token without a refresh token.
  /// @param subject  for whom: the installation's `clientKey` at Bitbucket.
  /// @param key      the secret shared with the server.
  /// @param issuer   empty: the consumer key.
  /// @throws as password_grant().
  [[nodiscard]] Token jwt_grant(std::string_view subject, const Secret& key,
                                std::string_view issuer = {},
                                std::chrono::milliseconds timeout = kTimeout,
                                std::stop_token stop = {}) const;

  /// Asks the server what it knows of a token. RFC 7662.
  /// @param kind  as for revoke().
  /// @throws ConfigError the server has no introspection endpoint; otherwise as password_grant().
  [[nodiscard]] Introspection introspect(const Secret& token, WireKind kind = WireKind::kText,
                                         std::chrono::milliseconds timeout = kTimeout,
                                         std::stop_token stop = {}) const;

  /// Ends a token at the server; a token that it does not know is a success. RFC 7009.
  /// @param kind  kAccessToken or kRefreshToken, sent as the hint; any other kind sends none.
  /// @throws ConfigError the server has no revocation endpoint (bitbucket.org): forget the token,
  ///         it lives until it expires; otherwise as password_grant().
  void revoke(const Secret& token, WireKind kind = WireKind::kText,
              std::chrono::milliseconds timeout = kTimeout, std::stop_token stop = {}) const;

  /// Sends a form to the token endpoint and judges the answer: for grants that have no function.
  /// @param fields   `grant_type` first; the client's credentials are added.
  /// @param purpose  for the wire observer.
  [[nodiscard]] Token token_request(std::vector<FormField> fields, std::string_view purpose,
                                    std::chrono::milliseconds timeout = kTimeout,
                                    std::stop_token stop = {}) const;

  /// Sends anything to the token endpoint, exactly as given, and returns any answer unjudged: to
  /// learn what the server says. Host and path stay; nothing is added but what HTTP needs.
  /// @throws ConfigError a method or header that cannot be sent; TransportError.
  [[nodiscard]] HttpResponse raw_token_exchange(std::string method, std::vector<WireHeader> headers,
                                                WireText body, std::string_view purpose,
                                                std::chrono::milliseconds timeout = kTimeout,
                                                std::stop_token stop = {}) const;

  [[nodiscard]] const Server& server() const noexcept;
  [[nodiscard]] const ConsumerKey& key() const noexcept;
  /// The time by the client's clock.
  [[nodiscard]] std::chrono::sys_seconds now() const;

 private:
  struct Parts;
  std::shared_ptr<const Parts> parts_;
};

/// Whether a refresh that failed so has lost its refresh token for good: a definite refusal by the
/// authorization server. A gateway's 401 or 5xx is not (S42).
[[nodiscard]] bool refuses_refresh_token(const OAuthError& error) noexcept;

}  // namespace bbgrant

// SPDX-License-Identifier: MIT
// bbgrant 0.1.0, the client library in one file. Copyright (c) 2026 The bbgrant authors
//
//     g++ -std=c++20 app.cpp -lcurl -lcrypto
//
// Needs libcurl, libcrypto and nlohmann/json. Made by scripts/single-header; change the files that
// it names. The token store in an encrypted file, which needs libsodium, is not in it.
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <climits>
#include <cmath>
#include <compare>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <curl/curl.h>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

// --- include/bbgrant/bbgrant.hpp

/// The whole client library.


// --- include/bbgrant/names.hpp

namespace bbgrant {

/// A text with a meaning of its own, so that two strings cannot be swapped in a call. Not a secret.
template <class Meaning>
class Named {
 public:
  Named() = default;
  explicit Named(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& value() const noexcept { return value_; }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
  friend auto operator<=>(const Named&, const Named&) = default;

 private:
  std::string value_;
};

/// The public name of a registered client: `client_id` in RFC 6749 section 2.2, "Key" at Bitbucket.
using ConsumerKey = Named<struct ConsumerKeyMeaning>;
/// The resource owner's name, as the form field `username` carries it.
using Username = Named<struct UsernameMeaning>;
/// Where the authorization server sends the browser back to: `redirect_uri`.
using RedirectUri = Named<struct RedirectUriMeaning>;

/// A set of scopes that remembers the order in which they were named. RFC 6749 section 3.3.
class Scopes {
 public:
  /// No scopes. In a request: the server's default.
  Scopes() = default;
  /// @throws ConfigError when a name is empty or has a character that RFC 6749 does not allow.
  Scopes(std::initializer_list<std::string_view> names);
  /// Splits at blanks. @throws ConfigError as above.
  [[nodiscard]] static Scopes parse(std::string_view text);
  /// Reads what a server sent: blanks and commas separate, odd characters are kept.
  [[nodiscard]] static Scopes read(std::string_view text);

  [[nodiscard]] bool contains(std::string_view name) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return names_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  [[nodiscard]] auto begin() const noexcept { return names_.begin(); }
  [[nodiscard]] auto end() const noexcept { return names_.end(); }
  /// The names with one blank between them, as the wire carries them.
  [[nodiscard]] std::string text() const;
  /// The same names, in any order.
  friend bool operator==(const Scopes& left, const Scopes& right) noexcept;

 private:
  void add(std::string_view name);
  std::vector<std::string> names_;
};

}  // namespace bbgrant

// --- include/bbgrant/error.hpp

namespace bbgrant {

/// What every failure of this library is. what() is one sentence for people. Nothing in an error is
/// secret: URLs come without user and query, bodies with their secrets as "***" (S41).
class Error : public std::runtime_error {
 public:
  /// Where it happened, without user, query and fragment; empty when no URL was involved.
  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  /// What the reader can do about it; empty when nothing is known.
  [[nodiscard]] const std::string& advice() const noexcept { return advice_; }

 protected:
  Error(const std::string& what, std::string url, std::string advice)
      : std::runtime_error(what), url_(std::move(url)), advice_(std::move(advice)) {}

 private:
  std::string url_;
  std::string advice_;
};

/// The caller asked for something that cannot be sent. Nothing was sent.
class ConfigError : public Error {
 public:
  explicit ConfigError(const std::string& what, std::string url = {}, std::string advice = {})
      : Error(what, std::move(url), std::move(advice)) {}
};

/// The authorization server refused. RFC 6749 section 5.2.
class OAuthError : public Error {
 public:
  struct Answer {
    int status = 0;             ///< HTTP status; 0 where the answer came through a browser
    std::string error{};        ///< the code, such as "invalid_grant"
    std::string description{};  ///< `error_description`; empty when not sent
    std::string error_uri{};    ///< `error_uri`; empty when not sent
    std::string masked_body{};  ///< the whole answer, secrets as "***"
    std::optional<std::chrono::seconds> retry_after{};
  };
  OAuthError(const std::string& what, Answer answer, std::string url, std::string advice)
      : Error(what, std::move(url), std::move(advice)), answer_(std::move(answer)) {}

  [[nodiscard]] int status() const noexcept { return answer_.status; }
  [[nodiscard]] const std::string& error() const noexcept { return answer_.error; }
  [[nodiscard]] const std::string& description() const noexcept { return answer_.description; }
  [[nodiscard]] const Answer& answer() const noexcept { return answer_; }

 private:
  Answer answer_;
};

/// No usable token is left and none can be had without the resource owner: sign in again.
class LoginRequired : public OAuthError {
 public:
  using OAuthError::OAuthError;
};

/// One challenge of a `WWW-Authenticate` header. RFC 9110 section 11.6.1.
struct Challenge {
  std::string scheme{};  ///< as sent; compare without regard to case
  std::string token{};   ///< the token68 form; mostly empty
  std::vector<std::pair<std::string, std::string>> parameters{};  ///< names in lower case

  /// The value of a parameter, or nothing.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
  friend bool operator==(const Challenge&, const Challenge&) = default;
};

/// The API answered with a status of 400 or above.
class ApiError : public Error {
 public:
  struct Answer {
    int status = 0;
    std::string message{};  ///< Bitbucket's `error.message`; empty when the body has none
    std::string detail{};   ///< `error.detail`, a string as sent or else its JSON text
    Scopes required{};      ///< scopes the call needs, where the server says so
    Scopes granted{};       ///< scopes the token has, where the server says so
    std::vector<Challenge> challenges{};  ///< RFC 6750 section 3
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string masked_body{};  ///< the answer, the token in it as "***"
    std::optional<std::chrono::seconds> retry_after{};
  };
  ApiError(const std::string& what, Answer answer, std::string url, std::string advice)
      : Error(what, std::move(url), std::move(advice)), answer_(std::move(answer)) {}

  [[nodiscard]] int status() const noexcept { return answer_.status; }
  [[nodiscard]] const std::string& message() const noexcept { return answer_.message; }
  [[nodiscard]] const Answer& answer() const noexcept { return answer_; }

 private:
  Answer answer_;
};

/// Why no answer came.
enum class TransportFault {
  kResolve,    ///< the host has no address
  kConnect,    ///< nobody listens there
  kTls,        ///< the server could not be verified, or TLS failed (S38)
  kTimeout,    ///< the deadline passed
  kCancelled,  ///< the caller's stop token was used
  kTooLarge,   ///< head or body passed the limit (S40)
  kBroken,     ///< the connection ended, or what came is not HTTP
};

/// Nothing usable came back.
class TransportError : public Error {
 public:
  TransportError(TransportFault fault, const std::string& what, std::string url, std::string advice,
                 bool sent)
      : Error(what, std::move(url), std::move(advice)), fault_(fault), sent_(sent) {}

  [[nodiscard]] TransportFault fault() const noexcept { return fault_; }
  /// Whether any byte of the request left: the server may have acted on it.
  [[nodiscard]] bool sent() const noexcept { return sent_; }

 private:
  TransportFault fault_;
  bool sent_;
};

/// An answer came, but it is not what the standard allows here.
class ProtocolError : public Error {
 public:
  ProtocolError(const std::string& what, int status, std::string masked_body, std::string url,
                std::string advice = {})
      : Error(what, std::move(url), std::move(advice)),
        status_(status),
        masked_body_(std::move(masked_body)) {}

  /// HTTP status; 0 where the answer came through a browser.
  [[nodiscard]] int status() const noexcept { return status_; }
  /// The answer, secrets as "***", at most 64 KiB of it.
  [[nodiscard]] const std::string& masked_body() const noexcept { return masked_body_; }

 private:
  int status_;
  std::string masked_body_;
};

}  // namespace bbgrant

// --- include/bbgrant/secret.hpp

namespace bbgrant {

/// A password, consumer secret, token, code, verifier or key.
///
/// Move-only. The bytes live in a heap buffer of their own, so no small-string buffer keeps a copy,
/// and are wiped when the Secret is destroyed, moved from, assigned over or grown. It cannot be
/// printed, compared, converted to JSON or turned into a string by accident: reveal() is the only
/// way to the bytes, so a search for it lists every place that reads one.
///
/// What it cannot do: libcurl, TLS, the kernel and the peer hold copies that nobody here can wipe.
///
/// Distinct objects may be used from distinct threads; one object needs the caller's lock.
class Secret {
 public:
  /// An empty secret.
  Secret() noexcept = default;

  /// Copies the bytes. The caller's own copy is the caller's to wipe.
  explicit Secret(std::string_view bytes) { append(bytes); }

  /// A text that ends with a zero: a literal, or what getenv(3) gave. Null is empty.
  explicit Secret(const char* text) {
    if (text != nullptr) append(text);
  }

  /// Copies the bytes, then wipes the string that they came in.
  explicit Secret(std::string&& bytes) {
    append(bytes);
    ::explicit_bzero(bytes.data(), bytes.size());
    bytes.clear();
  }

  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  Secret(Secret&& other) noexcept
      : buffer_(std::move(other.buffer_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}

  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      clear();
      buffer_ = std::move(other.buffer_);
      size_ = std::exchange(other.size_, 0);
      capacity_ = std::exchange(other.capacity_, 0);
    }
    return *this;
  }

  ~Secret() { clear(); }

  /// A second, independent secret with the same bytes. Named, so that no copy happens unseen.
  [[nodiscard]] Secret copy() const { return Secret{reveal()}; }

  /// The bytes, valid until this object changes or ends. Not ended by a zero.
  [[nodiscard]] std::string_view reveal() const noexcept { return {buffer_.get(), size_}; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// Adds bytes at the end. When the buffer has to grow, the old one is wiped first.
  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    if (size_ + bytes.size() > capacity_) grow(size_ + bytes.size());
    std::memcpy(buffer_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  /// Wipes the bytes and gives the buffer back.
  void clear() noexcept {
    if (buffer_) ::explicit_bzero(buffer_.get(), capacity_);
    buffer_.reset();
    size_ = 0;
    capacity_ = 0;
  }

 private:
  void grow(std::size_t needed) {
    const std::size_t capacity = needed < 2 * capacity_ ? 2 * capacity_ : needed;
    auto larger = std::make_unique<char[]>(capacity);
    if (size_ != 0) std::memcpy(larger.get(), buffer_.get(), size_);
    if (buffer_) ::explicit_bzero(buffer_.get(), capacity_);
    buffer_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace bbgrant

// --- include/bbgrant/server.hpp

namespace bbgrant {

/// An authorization server and its API: data, no behaviour. Fill in your own, or take a preset:
///
///     bbgrant::Server{.name = "Example", .token_url = "https://example.com/oauth/token"}
///
/// The URLs are judged once, by the Client, ApiClient or Session that is built from them.
struct Server {
  /// For people: "Bitbucket".
  std::string name{};
  /// RFC 8414 and RFC 9207; empty: unknown.
  std::string issuer{};
  /// RFC 6749 section 3.1; empty: the server has none.
  std::string authorize_url{};
  /// RFC 6749 section 3.2; every grant but the implicit one needs it.
  std::string token_url{};
  /// RFC 7009; empty: the server has none.
  std::string revoke_url{};
  /// RFC 7662; empty: the server has none.
  std::string introspect_url{};
  /// Paths of API calls are put behind it; bearer tokens go to its scheme, host and port only
  /// (S39).
  std::string api_url{};
  /// Whether the server promises `iss` in each callback (RFC 9207 section 3): one without is
  /// refused.
  bool sends_issuer = false;
  /// Set where the server has ended the password grant: the sentence that its refusal gets. Empty
  /// elsewhere.
  std::string password_grant_ended{};

  /// The sandbox of this project, or anything with Bitbucket's paths, at an origin such as
  /// "http://localhost:7990". A slash at the end is dropped.
  [[nodiscard]] static Server sandbox(std::string_view origin = "http://localhost:7990");
  /// bitbucket.org with api.bitbucket.org. It has neither a revocation nor an introspection
  /// endpoint: a token lives until it expires.
  [[nodiscard]] static Server bitbucket();

  friend bool operator==(const Server&, const Server&) = default;
};

}  // namespace bbgrant

// --- include/bbgrant/wire.hpp

namespace bbgrant {

/// What a stretch of wire text is.
enum class WireKind : std::uint8_t {
  kText,              ///< not secret
  kPassword,          ///< never kept: the record has the place, not the bytes (S14)
  kBasicCredentials,  ///< Base64 of consumer key and secret
  kConsumerSecret,
  kAccessToken,
  kRefreshToken,
  kCode,          ///< authorization code
  kCodeVerifier,  ///< PKCE, RFC 7636
  kAssertion,     ///< a signed JWT
  kOther,         ///< secret for a reason of its own, such as a cookie
};

/// "access token" and so on.
[[nodiscard]] std::string_view name_of(WireKind kind) noexcept;

/// One stretch of what goes over the wire: plain text, or a secret as encoded there.
struct WirePart {
  WireKind kind = WireKind::kText;
  std::string text{};  ///< the bytes of kText
  Secret secret{};     ///< the bytes of every other kind; empty for a password in a record

  [[nodiscard]] static WirePart plain(std::string text);
  [[nodiscard]] static WirePart hidden(WireKind kind, Secret secret);
  [[nodiscard]] WirePart copy() const;
  /// The bytes, secret or not.
  [[nodiscard]] std::string_view reveal() const noexcept;
};

/// Bytes of the wire in order. Move-only, like the secrets in it.
using WireText = std::vector<WirePart>;

[[nodiscard]] WireText wire_text(std::string text);
[[nodiscard]] WireText copy(const WireText& text);
/// The text with "***" for each secret.
[[nodiscard]] std::string masked(const WireText& text);
/// The text with its secrets in clear, except passwords, which stay "***". For the owner's eyes.
[[nodiscard]] Secret revealed(const WireText& text);

struct WireHeader {
  std::string name{};
  WireText value{};
};

/// One HTTP message as it went over the wire. With HTTP/2 the start line is its HTTP/1 rendering.
struct WireMessage {
  WireText start_line{};              ///< without the line end
  std::vector<WireHeader> headers{};  ///< all of them, also those that libcurl adds
  WireText body{};                    ///< decoded, where the server compressed it
  std::size_t head_bytes = 0;         ///< as sent or received
  std::size_t body_bytes = 0;         ///< as sent or received; compressed, where it was

  [[nodiscard]] WireMessage copy() const;
};

/// Start line, headers, empty line and body, secrets as "***".
[[nodiscard]] std::string masked(const WireMessage& message);
/// The same in clear, except passwords.
[[nodiscard]] Secret revealed(const WireMessage& message);

/// One request and what came of it.
struct Exchange {
  std::string purpose{};  ///< for people: "password grant", "refresh", "GET /2.0/user"
  std::string method{};
  std::string url{};  ///< without user, query and fragment
  WireMessage request{};
  std::optional<WireMessage> response{};  ///< nothing when none came
  std::string failure{};                  ///< why none came
  std::chrono::system_clock::time_point started{};
  std::chrono::microseconds took{};

  [[nodiscard]] Exchange copy() const;
};

/// Gets each exchange, failed ones too, before the call returns and on the calling thread; from
/// several threads at once if the client is used so. It must not throw.
using WireObserver = std::function<void(Exchange exchange)>;

}  // namespace bbgrant

// --- include/bbgrant/transport.hpp

namespace bbgrant {

/// Names as sent, in order; compare them without regard to case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first value under a name, in any case, or nothing.
[[nodiscard]] std::optional<std::string> find_header(const Headers& headers, std::string_view name);

/// One request for a Transport. Everything in it has been checked: no CR, LF or zero in a header.
struct HttpRequest {
  std::string method = "GET";
  std::string url{};
  std::vector<WireHeader> headers{};
  WireText body{};
  /// For the whole exchange; above zero.
  std::chrono::milliseconds timeout = std::chrono::seconds{30};
  /// More than this of a decoded answer is TransportFault::kTooLarge. Bytes.
  std::size_t body_limit = std::size_t{1} << 20;
  /// Whether it may be sent a second time when a kept connection turns out dead (S83).
  bool may_resend = false;
  /// Whether to offer compression.
  bool compressed = false;
  std::stop_token stop{};
};

/// One answer. The body may hold secrets; whoever asked for it wipes it.
struct HttpResponse {
  int status = 0;
  std::string start_line{};  ///< "HTTP/1.1 200 OK"
  Headers headers{};
  std::string body{};  ///< decoded
  /// The request's head as it left, for the record; empty start line: not known, and the record is
  /// made from the request. A header that the request brought has its parts, secrets apart.
  WireMessage sent{};
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;  ///< before decoding
};

/// Sends one request and waits for the answer. Implement it to test without a network, or to use
/// an HTTP library of your own. It follows no redirect and adds no credentials.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// @throws TransportError when no whole answer came; any status is an answer.
  /// Called from several threads at once.
  [[nodiscard]] virtual HttpResponse send(const HttpRequest& request) = 0;
};

/// How curl_transport() connects. TLS is 1.2 or later; chain and host are checked (S38).
struct CurlOptions {
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{10};
  /// PEM file with the certificates to trust in place of the system's; empty: the system's.
  std::string ca_file{};
  /// Such as "http://proxy:3128". Empty: what the environment says. Loopback is never proxied.
  std::string proxy{};
  /// For tests only: anyone on the path can then read and change everything.
  bool insecure_skip_tls_verification = false;
};

/// libcurl with kept connections and HTTP/2 where offered. Thread-safe; keeps as many handles as
/// threads were ever in send() at once, at most 64.
/// @throws ConfigError when libcurl cannot be set up.
[[nodiscard]] std::shared_ptr<Transport> curl_transport(const CurlOptions& options = {});

}  // namespace bbgrant

// --- include/bbgrant/token.hpp

namespace bbgrant {

/// Says what time it is; replace it in tests. Called from several threads at once.
using Clock = std::function<std::chrono::sys_seconds()>;
/// The system's clock.
[[nodiscard]] Clock system_clock();

/// What a token endpoint gave. RFC 6749 section 5.1. Move-only; a value otherwise.
struct Token {
  Secret access_token{};
  std::optional<Secret> refresh_token{};
  std::string token_type{};  ///< as sent; "bearer" in some case
  /// Read from `scope`, or from Bitbucket's `scopes`. Nothing when neither came: then they are what
  /// was asked for (RFC 6749 section 5.1).
  std::optional<Scopes> scopes{};
  std::chrono::sys_seconds issued_at{};
  /// As the server said, from 0 (already expired) to 2^31 - 1; nothing: unknown.
  std::optional<std::chrono::seconds> expires_in{};
  /// The answer as it came, with the tokens in it; empty for a token from a store.
  Secret answer{};
  /// The answer as JSON text with tokens as "***"; for people.
  std::string masked_answer{};
  /// The members that this struct has no place for, as the text of one JSON object. What may be
  /// secret there, such as `id_token`, is "***"; `answer` has it.
  std::string other_members = "{}";

  /// issued_at + expires_in, or nothing when unknown.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> expires_at() const noexcept;
  /// Whether it is expired or will be within `early`. A token of unknown life never is: use it
  /// until a 401 (S43).
  [[nodiscard]] bool expired(std::chrono::sys_seconds now,
                             std::chrono::seconds early = std::chrono::seconds{10}) const noexcept;
  /// A second token with the same content.
  [[nodiscard]] Token copy() const;
};

/// Judges the answer of a token endpoint. Pure: no network, no clock; give it anything.
///
/// The order of checks: status, JSON object without repeated members, `error`, `access_token`,
/// `token_type`, `expires_in`, `refresh_token`, `scope`.
/// @param url  for the errors only.
/// @throws OAuthError the server refused, also when it did so with status 200; ProtocolError the
///         answer is neither a token nor a refusal (S82).
[[nodiscard]] Token judge_token_response(int status, const Headers& headers, std::string_view body,
                                         std::chrono::sys_seconds now, std::string_view url = {});

}  // namespace bbgrant

// --- include/bbgrant/version.hpp

namespace bbgrant {

/// The version of the library and of the program, SemVer 2.0.0. CMake reads it from this line.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace bbgrant

// --- include/bbgrant/client.hpp

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

// --- include/bbgrant/api.hpp

namespace bbgrant {

/// One call of an API.
struct ApiRequest {
  std::string method = "GET";
  /// A path with or without a query, put behind Server::api_url ("/2.0/user"), or a whole URL with
  /// the same scheme, host and port, such as a `next` link.
  std::string target{};
  std::string body{};
  /// Sent with a body only.
  std::string content_type = "application/json";
  /// More headers; not Authorization, Host, Content-Length or Cookie.
  Headers headers{};
  std::chrono::milliseconds timeout = std::chrono::seconds{30};  ///< with redirects and retries
  bool follow_redirects = true;  ///< false: a redirect is the answer
  std::stop_token stop{};
};

/// An answer below 400.
struct ApiResponse {
  int status = 0;
  Headers headers{};
  std::string body{};  ///< decoded
  std::string url{};   ///< where it came from, after redirects

  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  /// The body as JSON; include <nlohmann/json.hpp> to use it.
  /// @throws ProtocolError it is not JSON, or more than 100 levels deep.
  [[nodiscard]] nlohmann::json json() const;
};

/// Calls an API with a bearer token, in the Authorization header only (RFC 6750 section 2.1).
///
/// The token goes to the scheme, host and port of Server::api_url and nowhere else: a target or a
/// redirect that points elsewhere is refused before anything is sent (S39). Safe methods follow up
/// to five redirects within that origin, and are tried again (Options::retry) after 429, 502, 503,
/// 504 and a connection that failed. All functions may be called from several threads at once.
///
/// They throw ApiError for a status of 400 and above, ProtocolError for a redirect that is not
/// followed, TransportError when nothing came back, ConfigError when nothing was sent.
class ApiClient {
 public:
  /// @throws ConfigError Server::api_url is empty or cannot be used.
  explicit ApiClient(Server server, Options options = {});
  ~ApiClient();
  ApiClient(ApiClient&&) noexcept;
  ApiClient& operator=(ApiClient&&) noexcept;

  /// @param bearer  an access token; empty: the call is anonymous.
  [[nodiscard]] ApiResponse send(const ApiRequest& request, const Secret& bearer) const;

  [[nodiscard]] ApiResponse get(std::string target, const Secret& bearer) const;
  [[nodiscard]] ApiResponse post(std::string target, std::string json_body,
                                 const Secret& bearer) const;
  [[nodiscard]] ApiResponse put(std::string target, std::string json_body,
                                const Secret& bearer) const;
  /// DELETE, which is a word of C++.
  [[nodiscard]] ApiResponse remove(std::string target, const Secret& bearer) const;

  [[nodiscard]] const Server& server() const noexcept;

 private:
  struct Parts;
  std::shared_ptr<const Parts> parts_;
};

}  // namespace bbgrant

// --- include/bbgrant/discovery.hpp

namespace bbgrant {

/// What a server publishes about itself.
struct Discovery {
  Server server{};  ///< api_url is the issuer's origin
  /// kBody only where the server lists it and not Basic.
  ClientAuthentication authentication = ClientAuthentication::kBasic;
  std::string document{};  ///< the JSON as it came
};

/// Reads `/.well-known/oauth-authorization-server` of an issuer (RFC 8414); where that is absent,
/// `openid-configuration`, for its endpoints only. At most 64 KiB, and no redirect is followed.
/// @throws ProtocolError the document's `issuer` is not the one asked for, character for character,
///         or an endpoint is missing or not https (loopback aside) (S85); ConfigError the issuer is
///         no such URL; TransportError.
[[nodiscard]] Discovery discover(std::string_view issuer, const Options& options = {},
                                 std::chrono::milliseconds timeout = Client::kTimeout,
                                 std::stop_token stop = {});

}  // namespace bbgrant

// --- include/bbgrant/pages.hpp

namespace bbgrant {

/// The items of a paged list (`values` and `next`, as Bitbucket pages) as an input range: each page
/// is fetched when its first item is read. `next` is followed as it is, within the API's origin.
///
///     for (const nlohmann::json& repository : session.items("/2.0/repositories/acme"))
///       std::cout << repository.at("full_name") << '\n';
///
/// begin() and the increment throw what the fetch throws, and ProtocolError for a page that is
/// none, a `next` to another origin or one that leads in a circle. One thread; read once.
class Items {
 public:
  using Fetch = std::function<ApiResponse(const std::string& target)>;

  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = nlohmann::json;
    using difference_type = std::ptrdiff_t;

    [[nodiscard]] const nlohmann::json& operator*() const;
    Iterator& operator++();
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t /*end*/) {
      return iterator.at_end();
    }

   private:
    friend class Items;
    struct State;
    explicit Iterator(std::shared_ptr<State> state) : state_(std::move(state)) {}
    [[nodiscard]] bool at_end() const;
    std::shared_ptr<State> state_;
  };

  /// @param fetch  gets one page.
  /// @param target the first page, as ApiRequest::target.
  Items(Fetch fetch, std::string target) : fetch_(std::move(fetch)), target_(std::move(target)) {}

  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

 private:
  Fetch fetch_;
  std::string target_;
};

}  // namespace bbgrant

// --- include/bbgrant/token_store.hpp

namespace bbgrant {

/// Keeps one token. Implement it to keep it elsewhere. Called from several threads at once.
class TokenStore {
 public:
  /// Held while a token is being replaced; ends the hold when destroyed.
  class Hold {
   public:
    Hold() = default;
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    virtual ~Hold() = default;
  };

  TokenStore() = default;
  TokenStore(const TokenStore&) = delete;
  TokenStore& operator=(const TokenStore&) = delete;
  virtual ~TokenStore() = default;

  /// The token, or nothing. @throws Error it is there, but cannot be read or is for another server.
  [[nodiscard]] virtual std::optional<Token> load() = 0;
  /// Keeps the token; when this returns, it survives a crash of the program. @throws Error; then
  /// the former token is still there.
  virtual void save(const Token& token) = 0;
  /// Forgets the token.
  virtual void clear() = 0;
  /// Keeps other processes from replacing the token. Null, the default: there are none.
  /// @throws TransportError of kind kTimeout or kCancelled: somebody else held it too long.
  [[nodiscard]] virtual std::unique_ptr<Hold> hold(std::chrono::milliseconds timeout,
                                                   const std::stop_token& stop);
};

/// Keeps the token until the program ends.
[[nodiscard]] std::shared_ptr<TokenStore> memory_token_store();

/// What a file store does to its text before it is written and after it was read: encryption.
struct TokenSeal {
  std::function<Secret(std::string_view text)> close{};
  /// Undoes it; nothing when the bytes are not what close() gave.
  std::function<std::optional<Secret>(std::string_view bytes)> open{};
};

/// Keeps the token in a JSON file that only its owner can read (0600), replaced as a whole, with a
/// lock file beside it for other processes. The file is bound to the origins of the server's token
/// URL and API and to the consumer key: for others it is refused, so that no token is sent where it
/// does not belong.
///
/// save() and clear() throw ConfigError when the folder cannot be written, load() when the file
/// can be read by others, is not ours, is for another server, or does not open.
/// @param seal  none: the file is plain text. <bbgrant/encrypted_token_store.hpp> brings one.
[[nodiscard]] std::shared_ptr<TokenStore> file_token_store(std::filesystem::path file,
                                                           const Server& server,
                                                           const ConsumerKey& key,
                                                           TokenSeal seal = {});

}  // namespace bbgrant

// --- include/bbgrant/session.hpp

namespace bbgrant {

struct SessionOptions {
  /// How long before its end a token is replaced.
  std::chrono::seconds early = std::chrono::seconds{60};
  /// For one refresh, with the wait for other processes.
  std::chrono::milliseconds refresh_timeout = std::chrono::seconds{30};
  /// Called after a new token was saved, on the thread that got it, without any lock. It must not
  /// throw.
  std::function<void(const Token& token)> token_changed{};
};

/// A signed-in user: a token that is kept, refreshed and used.
///
/// All functions may be called from several threads at once. However many find the token expired,
/// one of them asks for a new one and the others take its result (S42). A new token is saved before
/// it is used. A refresh that fails in passing leaves the old token in use while it lives.
class Session {
 public:
  /// @param store  null: memory_token_store(). What it holds is used.
  Session(Client client, ApiClient api, std::shared_ptr<TokenStore> store = {},
          SessionOptions options = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Takes and saves a token that a grant gave.
  void sign_in(Token token);
  /// Revokes the tokens where the server can, and forgets them in any case.
  /// @throws what Client::revoke() throws, after forgetting.
  void sign_out();

  /// A copy of the token as it is, fresh or not; nothing when nobody is signed in.
  [[nodiscard]] std::optional<Token> token() const;

  /// An access token that is good now; refreshes first when it is near its end.
  /// @throws LoginRequired nobody is signed in, or the refresh token is dead; TransportError,
  ///         OAuthError, ProtocolError the refresh failed and the old token has expired.
  [[nodiscard]] Secret access_token(const std::stop_token& stop = {});

  /// Replaces the token now, whatever its age. @throws as access_token().
  void refresh(const std::stop_token& stop = {});

  /// Calls the API; on a 401 refreshes once and calls again. @throws as ApiClient and
  /// access_token().
  [[nodiscard]] ApiResponse send(const ApiRequest& request);
  [[nodiscard]] ApiResponse get(std::string target);
  [[nodiscard]] ApiResponse post(std::string target, std::string json_body);
  [[nodiscard]] ApiResponse put(std::string target, std::string json_body);
  [[nodiscard]] ApiResponse remove(std::string target);
  /// All items of a paged list, fetched as they are read. This session must outlive the range.
  [[nodiscard]] Items items(std::string target);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bbgrant

// --- src/client/masking.hpp

namespace bbgrant::detail {

/// The secrets that one exchange sent, in every spelling in which an answer could echo them: raw,
/// percent-encoded, as JSON, inside Basic credentials.
class KnownSecrets {
 public:
  KnownSecrets() = default;
  /// Takes every secret part of the request, headers and body.
  explicit KnownSecrets(const HttpRequest& request);
  void add(WireKind kind, std::string_view secret);

  /// The text with each of them as a part of its own. A text that echoes a password is hidden
  /// whole: a star in the place of a short password would spell it out (S14).
  [[nodiscard]] WireText hide(std::string_view text) const;
  /// The same as one string, "***" for each.
  [[nodiscard]] std::string mask(std::string_view text) const { return masked(hide(text)); }

 private:
  std::vector<WirePart> spellings_;
};

/// The body of a token endpoint's answer, byte for byte, with tokens and known secrets apart. What
/// cannot be taken apart and may hold a token is hidden whole.
[[nodiscard]] WireText hide_token_answer(std::string_view body, const KnownSecrets& known);

/// At most 64 KiB of a masked body, for an error.
[[nodiscard]] std::string excerpt(std::string masked_body);

}  // namespace bbgrant::detail

// --- src/client/api_error.hpp

namespace bbgrant::detail {

/// The error for an API's answer of 400 or above. Pure. Reads Bitbucket's
/// `{"error": {"message", "detail"}}`, OAuth's `{"error", "error_description"}`, and the headers.
[[nodiscard]] ApiError api_error(const HttpRequest& request, std::string_view shown_url,
                                 const HttpResponse& response, std::chrono::sys_seconds now,
                                 const KnownSecrets& known);

}  // namespace bbgrant::detail

// --- src/client/exchange.hpp

namespace bbgrant::detail {

/// What a body may hold, which says how it is hidden in the record.
enum class BodyHolds { kTokens, kData };

/// How Client and ApiClient reach a server.
struct Line {
  std::shared_ptr<Transport> transport;
  WireObserver observer;
  std::string user_agent;
};

/// @throws ConfigError the user agent cannot be sent.
[[nodiscard]] Line line_from(const Options& options);

/// Checks the request (S86), sends it, tells the observer. Adds nothing.
[[nodiscard]] HttpResponse exchange(const Line& line, const HttpRequest& request,
                                    std::string_view purpose, BodyHolds holds);

/// RFC 9110 section 5.6.2.
[[nodiscard]] bool is_http_token(std::string_view text) noexcept;
[[nodiscard]] bool same_in_any_case(std::string_view left, std::string_view right) noexcept;

/// `Retry-After` in seconds or as a date, at most a day; nothing when absent or odd.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const Headers& headers,
                                                              std::chrono::sys_seconds now);

}  // namespace bbgrant::detail

// --- src/client/form.hpp

namespace bbgrant::detail {

/// Percent-encodes all but RFC 3986's unreserved characters: right in a form (RFC 6749 appendix B)
/// and in a URL, since every reader decodes it to the same bytes.
[[nodiscard]] Secret percent_encoded(std::string_view bytes);
/// Undoes it, and '+' for a blank; a bad code stays as it is.
[[nodiscard]] Secret percent_decoded(std::string_view text);

/// application/x-www-form-urlencoded; secrets stay parts of their own, encoded.
[[nodiscard]] WireText encoded_form(std::span<const FormField> fields);

/// Base64 with padding, RFC 4648 section 4.
[[nodiscard]] Secret base64(std::string_view bytes);
/// Empty when it is not Base64.
[[nodiscard]] Secret base64_decoded(std::string_view text);

/// The value of `Authorization` for HTTP Basic. Key and secret are form-encoded first, as RFC 6749
/// section 2.3.1 says and many forget.
[[nodiscard]] WireText basic_credentials(const ConsumerKey& key, const Secret& secret);

/// @throws ConfigError CR, LF or zero in a value (S86). @param what  "the password"
void require_one_line(std::string_view value, std::string_view what);

}  // namespace bbgrant::detail

// --- src/client/json_reader.hpp

namespace bbgrant::detail {

/// Why a text is not JSON that we accept. Holds nothing of the text.
class BadJson : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class RepeatedMembers { kRefuse, kAllow };

/// Reads JSON from a server that may be hostile (S40).
/// @throws BadJson not JSON, bad UTF-8, deeper than `depth`, or a member repeated within one
/// object.
[[nodiscard]] nlohmann::json read_json(std::string_view text, std::size_t depth,
                                       RepeatedMembers repeated);

}  // namespace bbgrant::detail

// --- src/client/url.hpp

namespace bbgrant::detail {

/// An absolute http or https URL, taken apart by libcurl.
class Url {
 public:
  /// Nothing when it is not an absolute http or https URL with a host.
  [[nodiscard]] static std::optional<Url> parse(std::string_view text);
  /// A reference (RFC 3986 section 5) seen from this URL, such as a Location.
  [[nodiscard]] std::optional<Url> resolve(std::string_view reference) const;

  /// As libcurl sends it.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// Scheme, host and port, "https://example.com:443": equal for equal origins.
  [[nodiscard]] const std::string& origin() const noexcept { return origin_; }
  [[nodiscard]] const std::string& scheme() const noexcept { return scheme_; }
  /// In lower case; IPv6 in brackets.
  [[nodiscard]] const std::string& host() const noexcept { return host_; }
  /// Path and query.
  [[nodiscard]] std::string target() const;
  /// For people: without user, query and fragment (S41).
  [[nodiscard]] const std::string& shown() const noexcept { return shown_; }
  [[nodiscard]] bool has_user() const noexcept { return has_user_; }
  [[nodiscard]] bool has_fragment() const noexcept { return has_fragment_; }
  /// Whether it names this very machine: localhost, 127.0.0.0/8 or ::1.
  [[nodiscard]] bool loopback() const noexcept;

 private:
  std::string text_;
  std::string origin_;
  std::string scheme_;
  std::string host_;
  std::string path_;
  std::string query_;
  std::string shown_;
  bool has_user_ = false;
  bool has_fragment_ = false;
};

/// The URL, if it may be used for secrets: https, or http to loopback unless allowed (S39); no
/// user, no fragment (RFC 6749 section 3.2).
/// @param what  for the error: "the token URL".
/// @throws ConfigError
[[nodiscard]] Url judged_url(std::string_view text, std::string_view what, bool allow_plain_http);

}  // namespace bbgrant::detail

// --- src/client/api.cpp

namespace bbgrant {

struct ApiClient::Parts {
  Server server;
  detail::Url base;
  detail::Line line;
  Clock clock;
  std::size_t body_limit;
  RetryPolicy retry;

  using Deadline = std::chrono::steady_clock::time_point;

  [[nodiscard]] ApiResponse send_following(HttpRequest& request, bool follow, detail::Url url,
                                           Deadline deadline) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_before_retry(
      int tries, std::optional<std::chrono::seconds> asked, Deadline deadline) const;

  /// Where a call goes: below the API's URL, or a whole URL of the same origin.
  /// @throws ConfigError anything else (S39).
  [[nodiscard]] detail::Url judged_target(std::string_view target) const {
    std::string whole{target};
    if (target.starts_with('/')) {
      std::string_view prefix{base.text()};
      while (prefix.ends_with('/')) prefix.remove_suffix(1);
      whole = std::string{prefix} + std::string{target};
    }
    auto url = detail::Url::parse(whole);
    if (!url)
      throw ConfigError("The target of the call is neither a path nor a URL", {},
                        "Begin it with a slash, such as /2.0/user, and percent-encode blanks");
    if (url->origin() != base.origin() || url->has_user())
      throw ConfigError("The token is for " + base.origin() + " and goes nowhere else",
                        url->shown(), "Call that host without a token of this server");
    return *std::move(url);
  }
};

inline ApiClient::ApiClient(Server server, Options options) {
  auto base = detail::judged_url(server.api_url, "The API URL", options.allow_plain_http);
  auto line = detail::line_from(options);
  parts_ = std::make_shared<const Parts>(
      Parts{.server = std::move(server),
            .base = std::move(base),
            .line = std::move(line),
            .clock = options.clock ? std::move(options.clock) : system_clock(),
            .body_limit = options.api_body_limit,
            .retry = options.retry});
}

inline ApiClient::~ApiClient() = default;
inline ApiClient::ApiClient(ApiClient&&) noexcept = default;
inline ApiClient& ApiClient::operator=(ApiClient&&) noexcept = default;

inline const Server& ApiClient::server() const noexcept { return parts_->server; }

namespace detail {

inline void add_own_headers(const ApiRequest& call, HttpRequest& request) {
  constexpr std::array<std::string_view, 7> kNotTheirs{
      "Authorization",     "Proxy-Authorization", "Host",  "Content-Length",
      "Transfer-Encoding", "Connection",          "Cookie"};
  for (const auto& [name, value] : call.headers) {
    if (std::ranges::any_of(kNotTheirs, [&name = name](std::string_view own) {
          return same_in_any_case(name, own);
        }))
      throw ConfigError("The header " + name + " cannot be set by a call");
    request.headers.push_back({name, wire_text(value)});
  }
}

inline bool has_header(const HttpRequest& request, std::string_view name) {
  return std::ranges::any_of(
      request.headers, [name](const auto& header) { return same_in_any_case(header.name, name); });
}

inline HttpRequest api_request(const ApiRequest& call, const Secret& bearer, const Line& line) {
  HttpRequest request{.method = call.method, .timeout = call.timeout};
  request.stop = call.stop;
  request.may_resend = call.method == "GET" || call.method == "HEAD";
  request.compressed = true;
  if (!bearer.empty()) {
    require_one_line(bearer.reveal(), "The access token");
    WireText value = wire_text("Bearer ");
    value.push_back(WirePart::hidden(WireKind::kAccessToken, bearer.copy()));
    request.headers.push_back({"Authorization", std::move(value)});
  }
  add_own_headers(call, request);
  if (!has_header(request, "Accept"))
    request.headers.push_back({"Accept", wire_text("application/json")});
  if (!call.body.empty() && !has_header(request, "Content-Type"))
    request.headers.push_back({"Content-Type", wire_text(call.content_type)});
  if (!has_header(request, "User-Agent"))
    request.headers.push_back({"User-Agent", wire_text(line.user_agent)});
  request.body = wire_text(call.body);
  return request;
}

inline bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace detail

inline ApiResponse ApiClient::Parts::send_following(HttpRequest& request, bool follow,
                                                            detail::Url url,
                                                            Deadline deadline) const {
  constexpr int kMostRedirects = 5;
  for (int redirects = 0;; ++redirects) {
    request.url = url.text();
    request.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (request.timeout <= std::chrono::milliseconds::zero())
      throw TransportError(TransportFault::kTimeout, "No whole answer came in time: " + url.shown(),
                           url.shown(), "Try again later, or allow more time", redirects > 0);
    auto response = detail::exchange(line, request, request.method + " " + url.target(),
                                     detail::BodyHolds::kData);
    if (response.status >= 400)
      throw detail::api_error(request, url.shown(), response, clock(),
                              detail::KnownSecrets{request});
    if (!follow || !detail::is_redirect(response.status))
      return {response.status, std::move(response.headers), std::move(response.body), url.text()};

    // S39: a redirect is followed by hand, within the origin only, and never for a body.
    const auto refuse = [&](const std::string& why) {
      throw ProtocolError("A redirect was not followed: " + why, response.status,
                          detail::excerpt(detail::KnownSecrets{request}.mask(response.body)),
                          url.shown(), "The token stays with " + base.origin());
    };
    if (!request.may_resend) refuse("only GET and HEAD follow one");
    if (redirects == kMostRedirects) refuse("there were more than five");
    const auto next = url.resolve(find_header(response.headers, "Location").value_or(""));
    if (!next) refuse("it leads to no http or https URL");
    if (next->origin() != base.origin() || next->has_user())
      refuse("it leads to another scheme, host or port");
    url = *next;
  }
}

/// How long to wait before the next try; nothing when there is to be none.
inline std::optional<std::chrono::milliseconds> ApiClient::Parts::wait_before_retry(
    int tries, std::optional<std::chrono::seconds> asked, Deadline deadline) const {
  if (tries >= retry.attempts) return std::nullopt;
  std::chrono::milliseconds wait{0};
  if (asked) {
    wait = *asked;
  } else {
    const std::chrono::milliseconds doubled{retry.first_delay.count() << std::min(tries - 1, 20)};
    const auto most = std::clamp(doubled, std::chrono::milliseconds{0}, retry.longest_delay);
    std::random_device random;
    std::uniform_int_distribution<std::int64_t> jitter{0, most.count()};
    wait = std::chrono::milliseconds{jitter(random)};
  }
  if (wait > retry.longest_delay || std::chrono::steady_clock::now() + wait >= deadline)
    return std::nullopt;
  return wait;
}

namespace detail {

inline bool worth_a_retry(const ApiError& error) noexcept {
  const int status = error.status();
  return status == 429 || status == 502 || status == 503 || status == 504;
}

inline bool worth_a_retry(const TransportError& error) noexcept {
  return error.fault() == TransportFault::kConnect || error.fault() == TransportFault::kBroken;
}

/// Returns early when the stop token is used.
inline void wait_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock{mutex};
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace detail

inline ApiResponse ApiClient::send(const ApiRequest& call, const Secret& bearer) const {
  const auto url = parts_->judged_target(call.target);
  if (call.timeout <= std::chrono::milliseconds::zero())
    throw ConfigError("The timeout must be above zero");
  auto request = detail::api_request(call, bearer, parts_->line);
  request.body_limit = parts_->body_limit;
  const auto deadline = std::chrono::steady_clock::now() + call.timeout;
  for (int tries = 1;; ++tries) {
    std::optional<std::chrono::milliseconds> wait;
    try {
      return parts_->send_following(request, call.follow_redirects, url, deadline);
    } catch (const ApiError& error) {
      if (!request.may_resend || !detail::worth_a_retry(error)) throw;
      wait = parts_->wait_before_retry(tries, error.answer().retry_after, deadline);
      if (!wait) throw;
    } catch (const TransportError& error) {
      if (!request.may_resend || !detail::worth_a_retry(error)) throw;
      wait = parts_->wait_before_retry(tries, std::nullopt, deadline);
      if (!wait) throw;
    }
    detail::wait_for(*wait, call.stop);
  }
}

inline ApiResponse ApiClient::get(std::string target, const Secret& bearer) const {
  return send({.target = std::move(target)}, bearer);
}

inline ApiResponse ApiClient::post(std::string target, std::string json_body,
                                           const Secret& bearer) const {
  return send({.method = "POST", .target = std::move(target), .body = std::move(json_body)},
              bearer);
}

inline ApiResponse ApiClient::put(std::string target, std::string json_body,
                                          const Secret& bearer) const {
  return send({.method = "PUT", .target = std::move(target), .body = std::move(json_body)}, bearer);
}

inline ApiResponse ApiClient::remove(std::string target, const Secret& bearer) const {
  return send({.method = "DELETE", .target = std::move(target)}, bearer);
}

inline std::optional<std::string> ApiResponse::header(std::string_view name) const {
  return find_header(headers, name);
}

inline nlohmann::json ApiResponse::json() const {
  try {
    return detail::read_json(body, 100, detail::RepeatedMembers::kAllow);
  } catch (const detail::BadJson& bad) {
    const auto shown = detail::Url::parse(url);
    throw ProtocolError(std::string{"The answer cannot be read: "} + bad.what(), status, {},
                        shown ? shown->shown() : std::string{});
  }
}

}  // namespace bbgrant

// --- src/client/challenge.hpp

namespace bbgrant::detail {

/// The challenges of one `WWW-Authenticate` value, in order, up to the first that is malformed.
/// libcurl offers no reader for it. RFC 9110 sections 11.2, 11.6.1 (S82).
[[nodiscard]] std::vector<Challenge> parse_challenges(std::string_view value);

}  // namespace bbgrant::detail

// --- src/client/api_error.cpp

namespace bbgrant::detail {

inline std::string text_or_json(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// A list of scope names, or one text with all of them.
inline Scopes scopes_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (found->is_string()) return Scopes::read(found->get_ref<const std::string&>());
  std::string text;
  if (found->is_array())
    for (const auto& item : *found)
      if (item.is_string()) text += item.get_ref<const std::string&>() + " ";
  return Scopes::read(text);
}

/// The order of members and the type of `detail` differ between Bitbucket's services.
inline void read_error_body(std::string_view body, ApiError::Answer& answer) {
  nlohmann::json object;
  try {
    object = read_json(body, 100, RepeatedMembers::kAllow);
  } catch (const BadJson&) {
    return;  // a plain text, such as the one that comes with 429
  }
  if (!object.is_object() || !object.contains("error")) return;
  const auto& error = object.at("error");
  if (error.is_string()) {  // OAuth's shape
    answer.message = error.get<std::string>();
    if (const auto text = object.find("error_description"); text != object.end())
      answer.detail = text_or_json(*text);
    return;
  }
  if (!error.is_object()) return;
  if (const auto message = error.find("message"); message != error.end())
    answer.message = text_or_json(*message);
  if (const auto detail = error.find("detail"); detail != error.end()) {
    answer.detail = text_or_json(*detail);
    if (detail->is_object()) {
      answer.required = scopes_of(*detail, "required");
      answer.granted = scopes_of(*detail, "granted");
    }
  }
}

inline std::string advice_for_status(const ApiError::Answer& answer) {
  switch (answer.status) {
    case 401:
      return "Refresh the token, or sign in again";
    case 403:
      return answer.required.empty()
                 ? "Ask for a token with more scopes, or for access to the object"
                 : "Ask for a token with the scope " + answer.required.text();
    case 404:
      return "Check the path; a private object that this token may not see looks the same";
    case 410:
      return "The endpoint was removed; the answer's detail says what replaces it";
    case 429:
      return "Wait before the next call";
    default:
      return answer.status >= 500 ? "Try again later" : "";
  }
}

inline ApiError api_error(const HttpRequest& request, std::string_view shown_url,
                                  const HttpResponse& response, std::chrono::sys_seconds now,
                                  const KnownSecrets& known) {
  ApiError::Answer answer{.status = response.status,
                          .masked_body = excerpt(known.mask(response.body)),
                          .retry_after = retry_after(response.headers, now)};
  read_error_body(response.body, answer);
  answer.message = known.mask(answer.message);
  answer.detail = known.mask(answer.detail);
  for (const auto& [name, value] : response.headers) {
    if (same_in_any_case(name, "WWW-Authenticate"))
      for (auto& challenge : parse_challenges(known.mask(value)))
        answer.challenges.push_back(std::move(challenge));
    answer.headers.emplace_back(
        name, same_in_any_case(name, "Set-Cookie") ? std::string{"***"} : known.mask(value));
  }
  if (answer.granted.empty())
    answer.granted = Scopes::read(find_header(answer.headers, "X-OAuth-Scopes").value_or(""));
  if (answer.required.empty() && response.status == 403)
    answer.required =
        Scopes::read(find_header(answer.headers, "X-Accepted-OAuth-Scopes").value_or(""));

  std::string what = request.method + " " + std::string{shown_url} + " was answered with " +
                     std::to_string(answer.status);
  if (!answer.message.empty()) what += ": " + answer.message;
  std::string advice = advice_for_status(answer);
  return ApiError(what, std::move(answer), std::string{shown_url}, std::move(advice));
}

}  // namespace bbgrant::detail

// --- src/client/authorization_code_grant.cpp

// The authorization code grant with PKCE, client's side. RFC 6749 section 4.1, RFC 7636, RFC 9207.



// --- src/client/callback.hpp

namespace bbgrant::detail {

/// @throws ProtocolError "The callback cannot be trusted: " and why, always.
[[noreturn]] void distrust(const std::string& why);

/// The decoded parameters of what an authorization endpoint sent back through the browser (S84).
class Callback {
 public:
  /// @param encoded  the query or the fragment.
  /// @param refused  the parameters of other responses, which were not asked for.
  /// @throws ProtocolError one of these is there, or a parameter comes twice (RFC 6749
  /// section 3.1).
  Callback(std::string_view encoded, std::initializer_list<const char*> refused);

  /// Empty when it is absent.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  [[nodiscard]] const auto& all() const noexcept { return parameters_; }

  /// State, then issuer (RFC 9207 section 2.4), then error.
  /// @throws ProtocolError it is not the answer to `authorization`; OAuthError it is a refusal.
  void judge(const Authorization& authorization, const Server& server) const;

 private:
  std::map<std::string, Secret, std::less<>> parameters_;
};

}  // namespace bbgrant::detail

// --- src/client/client_parts.hpp

namespace bbgrant {

/// What a Client is made of. Never changed once made, so threads need no lock.
struct Client::Parts {
  Server server;
  ConsumerKey key;
  Secret secret;
  ClientAuthentication authentication = ClientAuthentication::kBasic;
  bool allow_plain_http = false;
  Clock clock;
  detail::Line line;

  /// A form for an endpoint of the authorization server, with the client's credentials.
  [[nodiscard]] HttpRequest form_request(std::string url, std::vector<FormField> fields,
                                         std::chrono::milliseconds timeout,
                                         std::stop_token stop) const;
  /// The form of RFC 7009 and RFC 7662: a token and a hint of its kind.
  /// @throws ConfigError the token is empty.
  [[nodiscard]] HttpRequest token_form(std::string url, const Secret& token, WireKind kind,
                                       std::chrono::milliseconds timeout,
                                       std::stop_token stop) const;
  /// Client::token_request(); `authorization`, where not empty, stands in for the client's
  /// credentials.
  [[nodiscard]] Token token_request(std::vector<FormField> fields, WireText authorization,
                                    std::string_view purpose, std::chrono::milliseconds timeout,
                                    std::stop_token stop) const;
  /// The URL of an authorization request with a fresh state. @throws as begin_authorization().
  [[nodiscard]] Authorization authorization_request(std::string response_type,
                                                    const RedirectUri& redirect_uri,
                                                    const Scopes& scopes) const;
  [[nodiscard]] HttpRequest bare_form_request(std::string url, std::span<const FormField> fields,
                                              std::chrono::milliseconds timeout,
                                              std::stop_token stop) const;
};

}  // namespace bbgrant

// --- src/client/crypto.hpp

namespace bbgrant::detail {

/// 256 bits from the system's generator as 43 characters of base64url. @throws Error none to be
/// had.
[[nodiscard]] Secret random_secret();
/// base64url without padding, RFC 4648 section 5.
[[nodiscard]] Secret base64url(std::string_view bytes);
/// 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);
/// HMAC-SHA-256, 32 bytes.
[[nodiscard]] Secret hmac_sha256(const Secret& key, std::string_view bytes);
/// In a time that depends on the lengths only.
[[nodiscard]] bool same_secret(std::string_view left, std::string_view right) noexcept;

}  // namespace bbgrant::detail

namespace bbgrant {

inline Authorization Authorization::copy() const {
  return {url, state.copy(), code_verifier.copy(), redirect_uri, scopes};
}

inline Authorization Client::begin_authorization(const RedirectUri& redirect_uri,
                                                         const Scopes& scopes) const {
  auto result = parts_->authorization_request("code", redirect_uri, scopes);
  result.code_verifier = detail::random_secret();  // RFC 7636 section 4.1
  result.url +=
      "&code_challenge=" +
      std::string{detail::base64url(detail::sha256(result.code_verifier.reveal())).reveal()} +
      "&code_challenge_method=S256";
  return result;
}

inline Secret judge_callback(const Authorization& authorization, const Server& server,
                                     std::string_view callback) {
  callback = callback.substr(0, callback.find('#'));
  if (const auto mark = callback.find('?'); mark != std::string_view::npos)
    callback.remove_prefix(mark + 1);
  const detail::Callback parameters{callback, {"response", "access_token", "id_token"}};  // S84
  parameters.judge(authorization, server);
  if (parameters.value("code").empty()) detail::distrust("it has no code");
  return Secret{parameters.value("code")};
}

inline Token Client::finish_authorization(Authorization authorization,
                                                  std::string_view callback,
                                                  std::chrono::milliseconds timeout,
                                                  std::stop_token stop) const {
  Secret code = judge_callback(authorization, parts_->server, callback);
  std::vector<FormField> fields;
  fields.push_back(FormField::plain("grant_type", "authorization_code"));
  fields.push_back(FormField::hidden("code", WireKind::kCode, std::move(code)));
  if (!authorization.redirect_uri.empty())  // RFC 6749 section 4.1.3: if it was sent, again
    fields.push_back(FormField::plain("redirect_uri", authorization.redirect_uri.value()));
  fields.push_back(FormField::hidden("code_verifier", WireKind::kCodeVerifier,
                                     std::move(authorization.code_verifier)));
  return token_request(std::move(fields), "authorization code grant", timeout, std::move(stop));
}

}  // namespace bbgrant

// --- src/client/callback.cpp

namespace bbgrant::detail {

inline void distrust(const std::string& why) {
  throw ProtocolError("The callback cannot be trusted: " + why, 0, {}, {},
                      "Begin the authorization anew");
}

inline Callback::Callback(std::string_view encoded,
                                  std::initializer_list<const char*> refused) {
  bool twice = false;
  while (!encoded.empty()) {
    const auto pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    const bool added = parameters_
                           .emplace(std::string{percent_decoded(pair.substr(0, equals)).reveal()},
                                    percent_decoded(value))
                           .second;
    twice = twice || !added;
  }
  for (const char* name : refused)
    if (parameters_.contains(name))
      distrust(std::string{"it carries "} + name + ", which was not asked for");
  if (twice) distrust("a parameter comes twice");
}

inline std::string_view Callback::value(std::string_view name) const {
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? std::string_view{} : found->second.reveal();
}

inline void Callback::judge(const Authorization& authorization,
                                    const Server& server) const {
  if (authorization.state.empty() || !same_secret(value("state"), authorization.state.reveal()))
    distrust("its state is not the one that was sent");
  if (parameters_.contains("iss")) {
    if (!server.issuer.empty() && value("iss") != server.issuer)
      distrust("it comes from another authorization server");
  } else if (server.sends_issuer) {
    distrust("it does not name the authorization server");
  }
  if (!parameters_.contains("error")) return;
  OAuthError::Answer answer{.error = std::string{value("error")},
                            .description = std::string{value("error_description")},
                            .error_uri = std::string{value("error_uri")}};
  std::string what = "The authorization was refused: " + answer.error;
  if (!answer.description.empty()) what += " (" + answer.description + ")";
  const bool denied = answer.error == "access_denied";
  throw OAuthError(what, std::move(answer), {},
                   denied ? "Ask again only when the resource owner wants it" : "");
}

}  // namespace bbgrant::detail

// --- src/client/challenge.cpp

namespace bbgrant {

inline std::optional<std::string> Challenge::parameter(std::string_view name) const {
  const auto found = std::ranges::find_if(parameters, [name](const auto& parameter) {
    return detail::same_in_any_case(parameter.first, name);
  });
  if (found == parameters.end()) return std::nullopt;
  return found->second;
}

}  // namespace bbgrant

namespace bbgrant::detail {

/// Reads a header value from left to right.
class ChallengeReader {
 public:
  explicit ChallengeReader(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

  /// Returns whether there was any.
  bool skip(std::string_view characters) {
    const auto count = std::min(rest_.find_first_not_of(characters), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }

  /// The longest stretch that is one token; empty when there is none.
  std::string_view token() {
    std::size_t size = 0;
    while (size < rest_.size() && is_http_token(rest_.substr(size, 1))) ++size;
    return take(size);
  }

  /// token68 ends the challenge; a parameter's '=' is followed by its value.
  std::string_view token68() {
    constexpr std::string_view kAllowed =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~+/";
    auto size = std::min(rest_.find_first_not_of(kAllowed), rest_.size());
    if (size == 0) return {};
    while (size < rest_.size() && rest_[size] == '=') ++size;
    const auto after = rest_.find_first_not_of(" \t", size);
    if (after != std::string_view::npos && rest_[after] != ',') return {};
    return take(size);
  }

  /// After '=': a token or a quoted string. Nothing when it is neither.
  std::optional<std::string> value() {
    if (!rest_.starts_with('"')) {
      const auto text = token();
      return text.empty() ? std::nullopt : std::optional<std::string>{text};
    }
    std::string text;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == '"') {
        rest_.remove_prefix(at + 1);
        return text;
      }
      if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
      text += rest_[at];
    }
    return std::nullopt;  // never closed
  }

  bool take_equals() {
    ChallengeReader ahead = *this;
    ahead.skip(" \t");
    if (!ahead.rest_.starts_with('=')) return false;
    ahead.rest_.remove_prefix(1);
    ahead.skip(" \t");
    *this = ahead;
    return true;
  }

 private:
  std::string_view take(std::size_t size) {
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

inline std::vector<Challenge> parse_challenges(std::string_view value) {
  std::vector<Challenge> challenges;
  ChallengeReader reader{value};
  while (true) {
    reader.skip(", \t");
    if (reader.at_end()) return challenges;
    const auto word = reader.token();
    if (word.empty()) return challenges;
    if (!challenges.empty() && reader.take_equals()) {  // one more parameter of the last challenge
      auto text = reader.value();
      if (!text) return challenges;
      std::string name{word};
      std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      });
      challenges.back().parameters.emplace_back(std::move(name), *std::move(text));
      continue;
    }
    challenges.push_back({.scheme = std::string{word}});
    if (reader.skip(" \t")) challenges.back().token = reader.token68();
  }
}

}  // namespace bbgrant::detail

// --- src/client/token_response.hpp

namespace bbgrant::detail {

/// judge_token_response(), with the secrets of the request masked in what is thrown.
[[nodiscard]] Token judge_token_answer(int status, const Headers& headers, std::string_view body,
                                       std::chrono::sys_seconds now, std::string_view url,
                                       const KnownSecrets& known);

/// Throws the OAuthError or ProtocolError that fits an answer which is no success. RFC 6749 section
/// 5.2; the endpoints of RFC 7009 and RFC 7662 refuse in the same shape.
[[noreturn]] void throw_refusal(int status, const Headers& headers, std::string_view body,
                                std::chrono::sys_seconds now, std::string_view url,
                                const KnownSecrets& known);

}  // namespace bbgrant::detail

// --- src/client/client.cpp

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

inline Client::Client(Server server, ConsumerKey key, Secret consumer_secret,
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

inline Client::~Client() = default;
inline Client::Client(Client&&) noexcept = default;
inline Client& Client::operator=(Client&&) noexcept = default;

inline const Server& Client::server() const noexcept { return parts_->server; }
inline const ConsumerKey& Client::key() const noexcept { return parts_->key; }
inline std::chrono::sys_seconds Client::now() const { return parts_->clock(); }

inline HttpRequest Client::Parts::bare_form_request(std::string url,
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

inline HttpRequest Client::Parts::form_request(std::string url,
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

inline HttpRequest Client::Parts::token_form(std::string url, const Secret& token,
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

inline Authorization Client::Parts::authorization_request(std::string response_type,
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

inline Token Client::Parts::token_request(std::vector<FormField> fields,
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

inline Token Client::token_request(std::vector<FormField> fields, std::string_view purpose,
                                           std::chrono::milliseconds timeout,
                                           std::stop_token stop) const {
  return parts_->token_request(std::move(fields), {}, purpose, timeout, std::move(stop));
}

inline HttpResponse Client::raw_token_exchange(std::string method,
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

// --- src/client/client_credentials_grant.cpp

// The client credentials grant, client's side. RFC 6749 section 4.4.



namespace bbgrant {

inline Token Client::client_credentials(const Scopes& scopes,
                                                std::chrono::milliseconds timeout,
                                                std::stop_token stop) const {
  if (parts_->secret.empty())  // RFC 6749 section 4.4: confidential clients only
    throw ConfigError("The client credentials grant needs a consumer secret");
  std::vector<FormField> fields;
  fields.push_back(FormField::plain("grant_type", "client_credentials"));
  if (!scopes.empty()) fields.push_back(FormField::plain("scope", scopes.text()));
  return token_request(std::move(fields), "client credentials grant", timeout, std::move(stop));
}

}  // namespace bbgrant

// --- src/client/crypto.cpp

namespace bbgrant::detail {

inline constexpr std::size_t kDigestBytes = 32;

inline Secret base64url(std::string_view bytes) {
  std::string text{base64(bytes).reveal()};
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return Secret{std::move(text)};
}

inline Secret random_secret() {
  std::string bytes(kDigestBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) !=
      1)
    throw ConfigError("The system gives no random numbers");
  const Secret random{std::move(bytes)};
  return base64url(random.reveal());
}

inline std::string sha256(std::string_view bytes) {
  std::string digest(kDigestBytes, '\0');
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                 nullptr, EVP_sha256(), nullptr) != 1)
    throw ConfigError("libcrypto has no SHA-256");
  return digest;
}

inline Secret hmac_sha256(const Secret& key, std::string_view bytes) {
  std::string digest(kDigestBytes, '\0');
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &size) == nullptr)
    throw ConfigError("libcrypto has no HMAC");
  return Secret{std::move(digest)};
}

inline bool same_secret(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace bbgrant::detail

// --- src/client/curl_transfer.hpp

namespace bbgrant::detail {

/// One request and its answer on a libcurl handle. Lives as long as the transfer; the handle keeps
/// pointers into it. One thread.
class CurlTransfer {
 public:
  CurlTransfer(CURL* easy, const HttpRequest& request, const CurlOptions& options);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  /// The answer of a transfer that ended with `code`.
  /// @throws TransportError it did not end well.
  [[nodiscard]] HttpResponse finish(CURLcode code);
  /// @throws TransportError of kind kCancelled, always.
  [[noreturn]] void cancelled() const;

 private:
  void configure_connection(const CurlOptions& options);
  void configure_request();
  void configure_headers();
  [[nodiscard]] WireMessage sent_head() const;
  [[noreturn]] void fail(CURLcode code) const;

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_debug(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self);
  void take_header_line(std::string_view line);

  CURL* easy_;
  const HttpRequest& request_;
  Url url_;
  curl_slist* headers_ = nullptr;
  Secret body_;       // what is sent; libcurl reads it in place
  Secret sent_head_;  // what was sent, with the credentials in it
  bool sent_ = false;
  bool too_large_ = false;
  std::size_t head_bytes_ = 0;
  HttpResponse response_;
  char error_text_[CURL_ERROR_SIZE] = {};
};

}  // namespace bbgrant::detail

// --- src/client/curl_transport.cpp

namespace bbgrant::detail {

struct MultiCleanup {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
struct EasyCleanup {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};

/// One thread's worth of libcurl. The connections live in the multi handle, which is also what lets
/// another thread wake the waiting one.
struct CurlHandle {
  // Destroyed in reverse order: the easy handle first.
  std::unique_ptr<CURLM, MultiCleanup> multi{curl_multi_init()};
  std::unique_ptr<CURL, EasyCleanup> easy{curl_easy_init()};
};

/// OpenSSL writes with write(2): a peer that has gone raises SIGPIPE, which would end the program.
/// libcurl's own protection changes the whole process and is not for threads.
class SigpipeBlocked {
 public:
  SigpipeBlocked() noexcept {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  SigpipeBlocked(const SigpipeBlocked&) = delete;
  SigpipeBlocked& operator=(const SigpipeBlocked&) = delete;
  ~SigpipeBlocked() {
    const timespec now{};
    if (!was_pending_) {
      while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

/// The easy handle while it is in the multi handle.
class Running {
 public:
  explicit Running(const CurlHandle& handle) : handle_(handle) {
    if (curl_multi_add_handle(handle_.multi.get(), handle_.easy.get()) != CURLM_OK)
      throw ConfigError("libcurl cannot start a transfer");
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { curl_multi_remove_handle(handle_.multi.get(), handle_.easy.get()); }

 private:
  const CurlHandle& handle_;
};

/// Runs the transfer to its end; nothing when the stop token was used.
inline std::optional<CURLcode> run(const CurlHandle& handle, const std::stop_token& stop) {
  CURLM* multi = handle.multi.get();
  const SigpipeBlocked blocked;
  const Running running{handle};
  const std::stop_callback wake{stop, [multi] { curl_multi_wakeup(multi); }};
  while (!stop.stop_requested()) {
    int unfinished = 0;
    if (curl_multi_perform(multi, &unfinished) != CURLM_OK) return CURLE_FAILED_INIT;
    if (unfinished == 0) {
      int left = 0;
      const CURLMsg* message = curl_multi_info_read(multi, &left);
      return message != nullptr ? message->data.result : CURLE_FAILED_INIT;
    }
    if (curl_multi_poll(multi, nullptr, 0, 1000, nullptr) != CURLM_OK) return CURLE_FAILED_INIT;
  }
  return std::nullopt;
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options) : options_(std::move(options)) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once, for all threads
    if (ready != CURLE_OK) throw ConfigError("libcurl cannot be set up");
    if (options_.connect_timeout <= std::chrono::milliseconds::zero())
      throw ConfigError("The connect timeout must be above zero");
  }

  HttpResponse send(const HttpRequest& request) override {
    CurlHandle handle = take();
    if (!handle.easy || !handle.multi) throw std::bad_alloc{};
    HttpResponse response = [&] {
      CurlTransfer transfer{handle.easy.get(), request, options_};
      const auto code = run(handle, request.stop);
      if (!code) transfer.cancelled();
      return transfer.finish(*code);
    }();
    // After a failure the handle is dropped instead, with the connections that may be in any state.
    give_back(std::move(handle));
    return response;
  }

 private:
  CurlHandle take() {
    const std::scoped_lock lock{mutex_};
    if (idle_.empty()) return {};
    CurlHandle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }

  void give_back(CurlHandle handle) {
    constexpr std::size_t kMostIdle = 64;
    const std::scoped_lock lock{mutex_};
    if (idle_.size() < kMostIdle) idle_.push_back(std::move(handle));
  }

  const CurlOptions options_;
  std::mutex mutex_;
  std::vector<CurlHandle> idle_;  // guarded by mutex_; the last used is used next
};

}  // namespace bbgrant::detail

namespace bbgrant {

inline std::shared_ptr<Transport> curl_transport(const CurlOptions& options) {
  return std::make_shared<detail::CurlTransport>(options);
}

}  // namespace bbgrant

// --- src/client/curl_transfer.cpp

namespace bbgrant::detail {

template <class Value>
inline void set_option(CURL* easy, CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(easy, option, value); code != CURLE_OK)
    throw ConfigError(std::string{"libcurl cannot be set up: "} + curl_easy_strerror(code));
}

inline Url sendable_url(std::string_view text) {
  auto url = Url::parse(text);
  if (!url) throw ConfigError("The address is not an http or https URL");
  return *std::move(url);
}

inline CurlTransfer::CurlTransfer(CURL* easy, const HttpRequest& request,
                                          const CurlOptions& options)
    : easy_(easy), request_(request), url_(sendable_url(request.url)) {
  curl_easy_reset(easy_);
  configure_connection(options);
  configure_request();
  configure_headers();
}

inline CurlTransfer::~CurlTransfer() {
  curl_easy_reset(easy_);  // no pointer into this object stays behind
  for (const curl_slist* line = headers_; line != nullptr; line = line->next)
    ::explicit_bzero(line->data, std::strlen(line->data));
  curl_slist_free_all(headers_);
}

inline void CurlTransfer::configure_connection(const CurlOptions& options) {
  set_option(easy_, CURLOPT_URL, url_.text().c_str());
  // S86: no file:, no redirect, no .netrc, no signals.
  set_option(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set_option(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  set_option(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set_option(easy_, CURLOPT_NOSIGNAL, 1L);
  // S38: verified, TLS 1.2 or later.
  set_option(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const bool verify = !options.insecure_skip_tls_verification;
  set_option(easy_, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  set_option(easy_, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  if (!options.ca_file.empty()) {
    set_option(easy_, CURLOPT_CAINFO, options.ca_file.c_str());
    set_option(easy_, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  set_option(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // S86: a proxy only ever sees CONNECT, for http too, so no header of the server's reaches it.
  if (url_.loopback())
    set_option(easy_, CURLOPT_PROXY, "");
  else if (!options.proxy.empty())
    set_option(easy_, CURLOPT_PROXY, options.proxy.c_str());
  set_option(easy_, CURLOPT_HTTPPROXYTUNNEL, 1L);
  set_option(easy_, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  set_option(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set_option(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
  set_option(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  // S83: on a kept connection libcurl would by itself send the request again when the connection
  // turns out dead; on a new one it does not.
  set_option(easy_, CURLOPT_FRESH_CONNECT, request_.may_resend ? 0L : 1L);
}

inline void CurlTransfer::configure_request() {
  std::size_t size = 0;
  for (const auto& part : request_.body) size += part.reveal().size();
  for (const auto& part : request_.body) body_.append(part.reveal());

  if (request_.method == "HEAD") {
    set_option(easy_, CURLOPT_NOBODY, 1L);
  } else if (size > 0 || request_.method == "POST" || request_.method == "PUT" ||
             request_.method == "PATCH") {
    set_option(easy_, CURLOPT_POST, 1L);
    set_option(easy_, CURLOPT_POSTFIELDS, size > 0 ? body_.reveal().data() : "");
    set_option(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
  }
  set_option(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  if (request_.compressed) set_option(easy_, CURLOPT_ACCEPT_ENCODING, "");

  set_option(easy_, CURLOPT_ERRORBUFFER, &error_text_[0]);
  set_option(easy_, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  set_option(easy_, CURLOPT_HEADERDATA, static_cast<void*>(this));
  set_option(easy_, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  set_option(easy_, CURLOPT_WRITEDATA, static_cast<void*>(this));
  // The debug callback is where libcurl tells what it really sent.
  set_option(easy_, CURLOPT_DEBUGFUNCTION, &CurlTransfer::on_debug);
  set_option(easy_, CURLOPT_DEBUGDATA, static_cast<void*>(this));
  set_option(easy_, CURLOPT_VERBOSE, 1L);
}

inline void CurlTransfer::configure_headers() {
  const auto append = [this](std::string_view line) {
    Secret ended{line};
    ended.append(std::string_view{"\0", 1});
    curl_slist* longer = curl_slist_append(headers_, ended.reveal().data());
    if (longer == nullptr) throw std::bad_alloc{};
    headers_ = longer;
  };
  const auto brought = [this](std::string_view name) {
    return std::ranges::any_of(request_.headers, [name](const auto& header) {
      return same_in_any_case(header.name, name);
    });
  };
  for (const auto& header : request_.headers) {
    Secret line{std::string_view{header.name}};
    const bool empty =
        std::ranges::all_of(header.value, [](const auto& part) { return part.reveal().empty(); });
    line.append(empty ? ";" : ": ");  // libcurl's way to send a header without a value
    for (const auto& part : header.value) line.append(part.reveal());
    append(line.reveal());
  }
  // What libcurl would add by itself, "Name:" takes out.
  for (const char* name : {"Accept", "Content-Type", "Expect"})
    if (!brought(name)) append(std::string{name} + ":");
  set_option(easy_, CURLOPT_HTTPHEADER, headers_);
}

// --- callbacks: no exception may cross them into libcurl -----------------------------------------

inline std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count,
                                                   void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  constexpr std::size_t kMostHeadBytes = std::size_t{256} << 10;  // S40
  const std::size_t bytes = size * count;
  transfer.head_bytes_ += bytes;
  if (transfer.head_bytes_ > kMostHeadBytes) {
    transfer.too_large_ = true;
    return 0;
  }
  try {
    transfer.take_header_line({data, bytes});
  } catch (...) {
    return 0;
  }
  return bytes;
}

inline void CurlTransfer::take_header_line(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // also after a 1xx answer, which is forgotten
    response_.start_line = line;
    response_.headers.clear();
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
  response_.headers.emplace_back(line.substr(0, colon), value);
}

inline std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count,
                                                 void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  auto& body = transfer.response_.body;
  const std::size_t bytes = size * count;
  if (bytes > transfer.request_.body_limit - body.size()) {  // decoded bytes: a bomb ends here, S40
    transfer.too_large_ = true;
    return 0;
  }
  try {
    if (body.size() + bytes > body.capacity()) {
      // Grown by hand, so that the old buffer, which may hold a token, is wiped.
      std::string larger;
      larger.reserve(std::max(2 * body.capacity(), body.size() + bytes));
      larger = body;
      ::explicit_bzero(body.data(), body.size());
      body.swap(larger);
    }
    body.append(data, bytes);
  } catch (...) {
    return 0;
  }
  return bytes;
}

inline int CurlTransfer::on_debug(CURL* /*easy*/, curl_infotype type, char* data,
                                          std::size_t size, void* self) {
  if (type != CURLINFO_HEADER_OUT) return 0;
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.sent_ = true;
  try {
    // A whole head at a time; CONNECT comes first where there is a proxy.
    if (transfer.sent_head_.reveal().ends_with("\r\n\r\n")) transfer.sent_head_.clear();
    transfer.sent_head_.append({data, size});
  } catch (...) {
    transfer.sent_head_.clear();  // the record is then made from the request
  }
  return 0;
}

/// The bytes of all parts, secret or not.
inline Secret whole(const WireText& text) {
  Secret result;
  for (const auto& part : text) result.append(part.reveal());
  return result;
}

// --- the end -------------------------------------------------------------------------------------

inline WireMessage CurlTransfer::sent_head() const {
  WireMessage message;
  std::string_view rest = sent_head_.reveal();
  if (!rest.ends_with("\r\n\r\n")) return message;
  message.head_bytes = rest.size();
  message.body_bytes = body_.size();
  const auto next_line = [&rest] {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
  };
  message.start_line = wire_text(std::string{next_line()});
  for (auto line = next_line(); !line.empty(); line = next_line()) {
    const auto colon = std::min(line.find(':'), line.size());
    const auto name = line.substr(0, colon);
    auto value = line.substr(std::min(colon + 1, line.size()));
    while (value.starts_with(' ')) value.remove_prefix(1);
    // Ours has its secrets apart; the others are libcurl's, which knows no secret.
    const auto own = std::ranges::find_if(request_.headers, [name, value](const auto& header) {
      return header.name == name && whole(header.value).reveal() == value;
    });
    message.headers.push_back({std::string{name}, own != request_.headers.end()
                                                      ? copy(own->value)
                                                      : wire_text(std::string{value})});
  }
  return message;
}

inline HttpResponse CurlTransfer::finish(CURLcode code) {
  if (code != CURLE_OK) fail(code);
  long status = 0;
  curl_off_t body_bytes = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &body_bytes);
  response_.status = static_cast<int>(status);
  response_.sent = sent_head();
  response_.head_bytes = head_bytes_;
  response_.body_bytes = static_cast<std::size_t>(body_bytes);
  return std::move(response_);
}

inline TransportFault fault_of(CURLcode code) noexcept {
  switch (static_cast<int>(code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransportFault::kResolve;
    case CURLE_COULDNT_CONNECT:
      return TransportFault::kConnect;
    case CURLE_OPERATION_TIMEDOUT:
      return TransportFault::kTimeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
      return TransportFault::kTls;
    default:
      return TransportFault::kBroken;
  }
}

inline const char* sentence_of(TransportFault fault) noexcept {
  switch (fault) {
    case TransportFault::kResolve:
      return "The host has no address";
    case TransportFault::kConnect:
      return "Nobody answers there";
    case TransportFault::kTls:
      return "The server could not be verified";
    case TransportFault::kTimeout:
      return "No whole answer came in time";
    case TransportFault::kCancelled:
      return "The call was cancelled";
    case TransportFault::kTooLarge:
      return "The answer is larger than allowed";
    case TransportFault::kBroken:
      return "The connection ended without a whole answer";
  }
  return "No answer came";
}

inline const char* advice_for(TransportFault fault) noexcept {
  switch (fault) {
    case TransportFault::kResolve:
      return "Check the host name and the network";
    case TransportFault::kConnect:
      return "Start the server, or check its port";
    case TransportFault::kTls:
      return "Check the host name and the certificate; for an own authority name its CA file";
    case TransportFault::kTimeout:
      return "Try again later, or allow more time";
    case TransportFault::kCancelled:
      return "";
    case TransportFault::kTooLarge:
      return "Check that the address is the one of the API";
    case TransportFault::kBroken:
      return "Check what listens at this address";
  }
  return "";
}

inline void CurlTransfer::fail(CURLcode code) const {
  const auto fault = too_large_ ? TransportFault::kTooLarge : fault_of(code);
  std::string what = std::string{sentence_of(fault)} + ": " + url_.shown();
  if (!too_large_) {
    const std::string_view told{&error_text_[0]};
    what += " (" + (told.empty() ? std::string{curl_easy_strerror(code)} : std::string{told}) + ")";
  }
  throw TransportError(fault, what, url_.shown(), advice_for(fault), sent_);
}

inline void CurlTransfer::cancelled() const {
  throw TransportError(TransportFault::kCancelled,
                       std::string{sentence_of(TransportFault::kCancelled)} + ": " + url_.shown(),
                       url_.shown(), "", sent_);
}

}  // namespace bbgrant::detail

// --- src/client/discovery.cpp

// RFC 8414: what an authorization server publishes about itself.




namespace bbgrant::detail {

/// One reading of a metadata document.
struct Metadata {
  std::string_view issuer;
  const Url& url;
  const Options& options;
  nlohmann::json document;

  [[noreturn]] void refuse(const std::string& why) const {
    throw ProtocolError("The server's metadata cannot be used: " + why, 200, {}, url.shown(),
                        "Check the issuer, or give the endpoints one by one");
  }

  /// An endpoint, judged like one that a person gave (S85); empty when it is absent.
  [[nodiscard]] std::string endpoint(const char* name) const {
    const auto found = document.find(name);
    if (found == document.end() || found->is_null()) return {};
    if (!found->is_string()) refuse(std::string{name} + " is not a string");
    try {
      return judged_url(found->get_ref<const std::string&>(), name, options.allow_plain_http)
          .text();
    } catch (const ConfigError& error) {
      refuse(error.what());
    }
  }

  [[nodiscard]] bool lists(const char* name, std::string_view value) const {
    const auto found = document.find(name);
    return found != document.end() && found->is_array() &&
           std::ranges::any_of(*found, [value](const auto& item) {
             return item.is_string() && item.template get_ref<const std::string&>() == value;
           });
  }

  [[nodiscard]] Discovery read() const {
    if (!document.is_object()) refuse("it is not a JSON object");
    const auto named = document.find("issuer");
    // Character for character: RFC 8414 section 3.3.
    if (named == document.end() || !named->is_string() ||
        named->get_ref<const std::string&>() != issuer)
      refuse("its issuer is not the one that was asked");
    Discovery result;
    result.server = Server{.name = std::string{issuer},
                           .issuer = std::string{issuer},
                           .authorize_url = endpoint("authorization_endpoint"),
                           .token_url = endpoint("token_endpoint"),
                           .revoke_url = endpoint("revocation_endpoint"),
                           .introspect_url = endpoint("introspection_endpoint")};
    if (result.server.token_url.empty()) refuse("it has no token_endpoint");
    const auto sends = document.find("authorization_response_iss_parameter_supported");
    result.server.sends_issuer =
        sends != document.end() && sends->is_boolean() && sends->get<bool>();
    constexpr const char* kMethods = "token_endpoint_auth_methods_supported";
    if (lists(kMethods, "client_secret_post") && !lists(kMethods, "client_secret_basic"))
      result.authentication = ClientAuthentication::kBody;
    return result;
  }
};

/// Where the document is: RFC 8414 section 3.1 puts the well-known part before the issuer's path,
/// OpenID Connect Discovery section 4 behind it.
inline std::string metadata_url(const Url& issuer, bool openid) {
  std::string path = issuer.target();
  while (path.ends_with('/')) path.pop_back();
  const std::string origin =
      issuer.text().substr(0, issuer.text().find('/', issuer.scheme().size() + 3));
  return openid ? origin + path + "/.well-known/openid-configuration"
                : origin + "/.well-known/oauth-authorization-server" + path;
}

}  // namespace bbgrant::detail

namespace bbgrant {

inline Discovery discover(std::string_view issuer, const Options& options,
                                  std::chrono::milliseconds timeout, std::stop_token stop) {
  const auto base = detail::judged_url(issuer, "The issuer", options.allow_plain_http);
  if (base.target().find('?') != std::string::npos)  // RFC 8414 section 2
    throw ConfigError("The issuer must not have a query", base.shown());
  const auto line = detail::line_from(options);
  for (const bool openid : {false, true}) {
    const auto url = detail::Url::parse(detail::metadata_url(base, openid));
    if (!url) throw ConfigError("The issuer is not an http or https URL");
    HttpRequest request{.url = url->text(), .timeout = timeout, .body_limit = 64U << 10U};
    request.may_resend = true;
    request.stop = stop;
    request.headers.push_back({"Accept", wire_text("application/json")});
    request.headers.push_back({"User-Agent", wire_text(line.user_agent)});
    auto response = detail::exchange(line, request, "discovery", detail::BodyHolds::kData);
    if (response.status == 404 && !openid) continue;
    if (response.status != 200)
      throw ProtocolError(
          "The server publishes no metadata (status " + std::to_string(response.status) + ")",
          response.status, detail::excerpt(response.body), url->shown(),
          "Check the issuer, or give the endpoints one by one");
    detail::Metadata metadata{issuer, *url, options, {}};
    try {
      metadata.document = detail::read_json(response.body, 32, detail::RepeatedMembers::kRefuse);
    } catch (const detail::BadJson& bad) {
      metadata.refuse(bad.what());
    }
    auto result = metadata.read();
    result.server.api_url = base.text().substr(0, base.text().find('/', base.scheme().size() + 3));
    result.document = std::move(response.body);
    return result;
  }
  throw ProtocolError("The server publishes no metadata", 404, {}, base.shown());
}

}  // namespace bbgrant

// --- src/client/exchange.cpp

namespace bbgrant {

inline std::optional<std::string> find_header(const Headers& headers,
                                                      std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [name](const auto& header) { return detail::same_in_any_case(header.first, name); });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

}  // namespace bbgrant

namespace bbgrant::detail {

inline bool same_in_any_case(std::string_view left, std::string_view right) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

inline bool is_http_token(std::string_view text) noexcept {
  constexpr std::string_view kAllowed =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

inline Line line_from(const Options& options) {
  require_one_line(options.user_agent, "The user agent");
  return {options.transport ? options.transport : curl_transport(options.curl), options.observer,
          options.user_agent};
}

inline std::optional<std::chrono::seconds> retry_after(const Headers& headers,
                                                               std::chrono::sys_seconds now) {
  constexpr std::chrono::seconds kMost = std::chrono::hours{24};
  const auto value = find_header(headers, "Retry-After");
  if (!value || value->empty()) return std::nullopt;
  if (value->find_first_not_of("0123456789") == std::string::npos) {
    long long seconds = 0;
    const auto read = std::from_chars(value->data(), value->data() + value->size(), seconds);
    if (read.ec != std::errc{}) return kMost;  // more digits than fit
    return std::min(kMost, std::chrono::seconds{seconds});
  }
  const auto date = curl_getdate(value->c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const std::chrono::sys_seconds at{std::chrono::seconds{date}};
  return std::clamp(std::chrono::seconds{at - now}, std::chrono::seconds{0}, kMost);
}

/// Nothing that could end a header early or add another one leaves (S86).
inline void require_sendable(const HttpRequest& request) {
  if (!is_http_token(request.method)) throw ConfigError("The HTTP method is not a word");
  if (request.timeout <= std::chrono::milliseconds::zero())
    throw ConfigError("The timeout must be above zero");
  for (const auto& header : request.headers) {
    if (!is_http_token(header.name)) throw ConfigError("A header name has a bad character");
    for (const auto& part : header.value)
      require_one_line(part.reveal(), "The header " + header.name);
  }
}

/// What the record keeps: everything but the bytes of a password (S14).
inline WireText without_passwords(const WireText& text) {
  WireText result;
  for (const auto& part : text)
    result.push_back(part.kind == WireKind::kPassword
                         ? WirePart::hidden(WireKind::kPassword, Secret{})
                         : part.copy());
  return result;
}

/// The request as it will leave, for transports that do not tell how it did.
inline WireMessage expected_request(const HttpRequest& request) {
  const auto url = Url::parse(request.url);
  WireMessage message;
  message.start_line =
      wire_text(request.method + " " + (url ? url->target() : std::string{"/"}) + " HTTP/1.1");
  for (const auto& header : request.headers)
    message.headers.push_back({header.name, copy(header.value)});
  return message;
}

inline WireMessage record_request(const HttpRequest& request, const KnownSecrets& known,
                                  const WireMessage* sent) {
  WireMessage message =
      sent != nullptr && !sent->start_line.empty() ? sent->copy() : expected_request(request);
  // A target may repeat the bearer token (S36).
  message.start_line = known.hide(masked(message.start_line));
  for (auto& header : message.headers) header.value = without_passwords(header.value);
  message.body = without_passwords(request.body);
  if (sent == nullptr || sent->start_line.empty()) {
    message.head_bytes = 0;
    message.body_bytes = 0;
  }
  return message;
}

inline WireMessage record_response(const HttpResponse& response, const KnownSecrets& known,
                                   BodyHolds holds) {
  WireMessage message{.start_line = wire_text(response.start_line),
                      .head_bytes = response.head_bytes,
                      .body_bytes = response.body_bytes};
  for (const auto& [name, value] : response.headers) {
    WireText text;
    // Cookies are credentials; a Location can carry a code or a token.
    if (same_in_any_case(name, "Set-Cookie"))
      text.push_back(WirePart::hidden(WireKind::kOther, Secret{std::string_view{value}}));
    else
      text = known.hide(value);
    message.headers.push_back({name, std::move(text)});
  }
  message.body = holds == BodyHolds::kTokens ? hide_token_answer(response.body, known)
                                             : known.hide(response.body);
  return message;
}

inline HttpResponse exchange(const Line& line, const HttpRequest& request,
                                     std::string_view purpose, BodyHolds holds) {
  require_sendable(request);
  if (!line.observer) return line.transport->send(request);

  const auto url = Url::parse(request.url);
  const KnownSecrets known{request};
  Exchange record{.purpose = known.mask(purpose),
                  .method = request.method,
                  .url = url ? url->shown() : std::string{},
                  .started = std::chrono::system_clock::now()};
  const auto start = std::chrono::steady_clock::now();
  const auto took = [start] {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                 start);
  };
  HttpResponse response;
  try {
    response = line.transport->send(request);
  } catch (const Error& error) {
    record.took = took();
    record.request = record_request(request, known, nullptr);
    record.failure = error.what();
    line.observer(std::move(record));
    throw;
  }
  record.took = took();
  record.request = record_request(request, known, &response.sent);
  record.response = record_response(response, known, holds);
  line.observer(std::move(record));
  return response;
}

}  // namespace bbgrant::detail

// --- src/client/file_token_store.cpp

namespace bbgrant::detail {

/// A file descriptor, closed at the end.
class OwnedFd {
 public:
  explicit OwnedFd(int fd) noexcept : fd_(fd) {}
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  ~OwnedFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

[[noreturn]] inline void refuse_file(const std::filesystem::path& file, const std::string& why,
                                     std::string advice = {}) {
  throw ConfigError("The token file " + file.string() + " " + why, {}, std::move(advice));
}

inline std::string system_reason() { return std::generic_category().message(errno); }

inline std::string origin_or_empty(std::string_view text) {
  const auto url = Url::parse(text);
  return url ? url->origin() : std::string{};
}

inline nlohmann::json token_as_json(const Token& token) {
  nlohmann::json json{{"access_token", token.access_token.reveal()},
                      {"token_type", token.token_type},
                      {"issued_at", token.issued_at.time_since_epoch().count()},
                      {"masked_answer", token.masked_answer},
                      {"other_members", token.other_members}};
  if (token.refresh_token) json["refresh_token"] = token.refresh_token->reveal();
  if (token.scopes) json["scope"] = token.scopes->text();
  if (token.expires_in) json["expires_in"] = token.expires_in->count();
  return json;
}

/// Throws nlohmann's errors for a member that is absent or of another type.
inline Token token_from_json(nlohmann::json& json) {
  Token token{
      .access_token = Secret{std::move(json.at("access_token").get_ref<std::string&>())},
      .token_type = json.at("token_type").get<std::string>(),
      .issued_at =
          std::chrono::sys_seconds{std::chrono::seconds{json.at("issued_at").get<std::int64_t>()}},
      .masked_answer = json.value("masked_answer", ""),
      .other_members = json.value("other_members", "{}")};
  if (json.contains("refresh_token"))
    token.refresh_token = Secret{std::move(json.at("refresh_token").get_ref<std::string&>())};
  if (json.contains("scope")) token.scopes = Scopes::read(json.at("scope").get<std::string>());
  if (json.contains("expires_in"))
    token.expires_in = std::chrono::seconds{json.at("expires_in").get<std::int64_t>()};
  return token;
}

class FileTokenStore final : public TokenStore {
 public:
  FileTokenStore(std::filesystem::path file, const Server& server, const ConsumerKey& key,
                 TokenSeal seal)
      : file_(std::move(file)),
        seal_(std::move(seal)),
        token_origin_(origin_or_empty(server.token_url)),
        api_origin_(origin_or_empty(server.api_url)),
        key_(key.value()) {}

  std::optional<Token> load() override {
    // O_NONBLOCK: a pipe in its place must not make us wait.
    const OwnedFd fd{::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (!fd.open()) {
      if (errno == ENOENT) return std::nullopt;
      refuse_file(file_, "cannot be read: " + system_reason());
    }
    Secret text = read_checked(fd.get());
    if (seal_.open) {
      auto opened = seal_.open(text.reveal());
      if (!opened)
        refuse_file(file_, "does not open: another key sealed it, or it was changed",
                    "Use the key that it was saved with, or remove it and sign in again");
      text = *std::move(opened);
    }
    try {
      auto json = read_json(text.reveal(), 8, RepeatedMembers::kRefuse);
      if (json.at("token_origin") != token_origin_ || json.at("api_origin") != api_origin_ ||
          json.at("consumer_key") != key_)
        refuse_file(file_, "holds a token for another server or consumer",
                    "Name another file, or sign in again");
      return token_from_json(json.at("token"));
    } catch (const BadJson& bad) {
      refuse_file(file_, std::string{"cannot be read: "} + bad.what(), "Sign in again");
    } catch (const nlohmann::json::exception&) {
      refuse_file(file_, "cannot be read: a member is missing or odd", "Sign in again");
    }
  }

  void save(const Token& token) override {
    make_folder();
    const nlohmann::json json{{"version", 1},
                              {"token_origin", token_origin_},
                              {"api_origin", api_origin_},
                              {"consumer_key", key_},
                              {"token", token_as_json(token)}};
    Secret text{json.dump(2) + "\n"};
    if (seal_.close) text = seal_.close(text.reveal());
    const std::filesystem::path fresh{file_.string() + "." +
                                      std::string{random_secret().reveal().substr(0, 12)}};
    try {
      write_synced(fresh, text.reveal());
      // Replaced as a whole: a reader sees the old token or the new one, never half of one.
      if (::rename(fresh.c_str(), file_.c_str()) != 0)
        refuse_file(file_, "cannot be replaced: " + system_reason());
    } catch (...) {
      ::unlink(fresh.c_str());
      throw;
    }
    const OwnedFd folder{::open(folder_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.open()) ::fsync(folder.get());
  }

  void clear() override {
    if (::unlink(file_.c_str()) != 0 && errno != ENOENT)
      refuse_file(file_, "cannot be removed: " + system_reason());
  }

  std::unique_ptr<Hold> hold(std::chrono::milliseconds timeout,
                             const std::stop_token& stop) override {
    make_folder();
    const std::string path = file_.string() + ".lock";
    auto held = std::make_unique<FileHold>(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!held->fd.open()) refuse_file(path, "cannot be opened: " + system_reason());
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock{mutex};
    // flock(2) offers no deadline, so it is asked again; the stop token wakes at once.
    while (::flock(held->fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (std::chrono::steady_clock::now() >= deadline)
        throw TransportError(TransportFault::kTimeout,
                             "Another process holds the token file too long", {}, "Try again later",
                             false);
      woken.wait_for(lock, stop, std::chrono::milliseconds{20}, [] { return false; });
      if (stop.stop_requested())
        throw TransportError(TransportFault::kCancelled, "The call was cancelled", {}, {}, false);
    }
    return held;
  }

 private:
  struct FileHold final : Hold {
    explicit FileHold(int descriptor) : fd(descriptor) {}
    OwnedFd fd;  // closing it ends the lock
  };

  [[nodiscard]] std::filesystem::path folder_path() const {
    return file_.has_parent_path() ? file_.parent_path() : std::filesystem::path{"."};
  }

  void make_folder() const {
    const auto folder = folder_path();
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)) return;
    std::filesystem::create_directories(folder, error);
    if (error) refuse_file(file_, "cannot be made: " + error.message());
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }

  /// Ours, a plain file, for nobody else's eyes, and not too large.
  [[nodiscard]] Secret read_checked(int fd) const {
    constexpr off_t kMost = off_t{4} << 20;
    struct stat about{};
    if (::fstat(fd, &about) != 0) refuse_file(file_, "cannot be read: " + system_reason());
    if (!S_ISREG(about.st_mode) || about.st_uid != ::geteuid())
      refuse_file(file_, "is not a file of yours");
    if ((about.st_mode & 0077U) != 0)
      refuse_file(file_, "can be read by others", "chmod 600 " + file_.string());
    if (about.st_size > kMost) refuse_file(file_, "is too large to be one");
    std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto count = ::read(fd, bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return Secret{std::move(bytes)};
  }

  void write_synced(const std::filesystem::path& path, std::string_view bytes) const {
    const OwnedFd fd{
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!fd.open()) refuse_file(file_, "cannot be written: " + system_reason());
    while (!bytes.empty()) {
      const auto count = ::write(fd.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) refuse_file(file_, "cannot be written: " + system_reason());
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(fd.get()) != 0) refuse_file(file_, "cannot be written: " + system_reason());
  }

  const std::filesystem::path file_;
  const TokenSeal seal_;
  const std::string token_origin_;
  const std::string api_origin_;
  const std::string key_;
};

}  // namespace bbgrant::detail

namespace bbgrant {

inline std::shared_ptr<TokenStore> file_token_store(std::filesystem::path file,
                                                            const Server& server,
                                                            const ConsumerKey& key,
                                                            TokenSeal seal) {
  return std::make_shared<detail::FileTokenStore>(std::move(file), server, key, std::move(seal));
}

}  // namespace bbgrant

// --- src/client/form.cpp

namespace bbgrant {

inline FormField FormField::plain(std::string name, std::string value) {
  return {std::move(name), WirePart::plain(std::move(value))};
}

inline FormField FormField::hidden(std::string name, WireKind kind, Secret value) {
  return {std::move(name), WirePart::hidden(kind, std::move(value))};
}

}  // namespace bbgrant

namespace bbgrant::detail {

/// Text from libcurl, wiped before it is given back.
class CurlText {
 public:
  CurlText(char* text, std::size_t size) noexcept : text_(text), size_(size) {}
  CurlText(const CurlText&) = delete;
  CurlText& operator=(const CurlText&) = delete;
  ~CurlText() {
    if (text_ == nullptr) return;
    ::explicit_bzero(text_, size_);
    curl_free(text_);
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_, size_}; }

 private:
  char* text_;
  std::size_t size_;
};

inline Secret percent_encoded(std::string_view bytes) {
  if (bytes.empty()) return {};  // libcurl reads a length of 0 as "up to the zero"
  if (bytes.size() > INT_MAX / 3) throw ConfigError("A value is too long to be sent");
  char* text = curl_easy_escape(nullptr, bytes.data(), static_cast<int>(bytes.size()));
  if (text == nullptr) throw std::bad_alloc{};
  return Secret{CurlText{text, std::strlen(text)}.view()};
}

inline Secret percent_decoded(std::string_view text) {
  if (text.empty() || text.size() > INT_MAX) return {};
  Secret blanks;
  for (std::size_t start = 0; start < text.size();) {
    const auto plus = std::min(text.find('+', start), text.size());
    blanks.append(text.substr(start, plus - start));
    if (plus < text.size()) blanks.append(" ");
    start = plus + 1;
  }
  int size = 0;
  char* raw =
      curl_easy_unescape(nullptr, blanks.reveal().data(), static_cast<int>(blanks.size()), &size);
  if (raw == nullptr) return {};
  return Secret{CurlText{raw, static_cast<std::size_t>(size)}.view()};
}

inline WireText encoded_form(std::span<const FormField> fields) {
  WireText body;
  std::string text;
  for (const auto& field : fields) {
    if (&field != fields.data()) text += '&';
    text += percent_encoded(field.name).reveal();
    text += '=';
    if (field.value.kind == WireKind::kText) {
      text += percent_encoded(field.value.text).reveal();
    } else {
      body.push_back(WirePart::plain(std::move(text)));
      text.clear();
      body.push_back(
          WirePart::hidden(field.value.kind, percent_encoded(field.value.secret.reveal())));
    }
  }
  if (!text.empty()) body.push_back(WirePart::plain(std::move(text)));
  return body;
}

inline Secret base64(std::string_view bytes) {
  if (bytes.size() > INT_MAX / 2) throw ConfigError("A value is too long to be sent");
  const std::size_t size = (bytes.size() + 2) / 3 * 4;
  std::string text(size + 1, '\0');  // OpenSSL adds a zero
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  Secret result{std::string_view{text}.substr(0, size)};
  ::explicit_bzero(text.data(), text.size());
  return result;
}

inline Secret base64_decoded(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > INT_MAX) return {};
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return {};
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  Secret result{std::string_view{bytes}.substr(0, static_cast<std::size_t>(size) - padding)};
  ::explicit_bzero(bytes.data(), bytes.size());
  return result;
}

inline WireText basic_credentials(const ConsumerKey& key, const Secret& secret) {
  Secret pair = percent_encoded(key.value());
  pair.append(":");
  pair.append(percent_encoded(secret.reveal()).reveal());
  WireText value;
  value.push_back(WirePart::plain("Basic "));
  value.push_back(WirePart::hidden(WireKind::kBasicCredentials, base64(pair.reveal())));
  return value;
}

inline void require_one_line(std::string_view value, std::string_view what) {
  if (value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos)
    throw ConfigError(std::string{what} + " has a line end or a zero byte in it", {},
                      "Check that nothing was read with the line end that follows it");
}

}  // namespace bbgrant::detail

// --- src/client/implicit_grant.cpp

// The implicit grant, client's side: for comparison only. RFC 6749 section 4.2, RFC 9700 section
// 2.1.2.



namespace bbgrant {

inline Authorization Client::begin_implicit(const RedirectUri& redirect_uri,
                                                    const Scopes& scopes) const {
  return parts_->authorization_request("token", redirect_uri, scopes);
}

inline Token judge_implicit_callback(const Authorization& authorization,
                                             const Server& server, std::string_view callback,
                                             std::chrono::sys_seconds now) {
  if (const auto mark = callback.find('#'); mark != std::string_view::npos)
    callback.remove_prefix(mark + 1);
  else if (callback.find('?') != std::string_view::npos)
    callback = {};  // a query is not where this answer comes
  // RFC 6749 section 4.2.2: no refresh token may come this way.
  const detail::Callback parameters{callback, {"response", "code", "id_token", "refresh_token"}};
  parameters.judge(authorization, server);
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : parameters.all())
    if (name != "state" && name != "iss") object[name] = value.reveal();
  const Secret answer{object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
  return judge_token_response(200, {}, answer.reveal(), now);
}

}  // namespace bbgrant

// --- src/client/introspect.cpp

// Asking what a token is, client's side. RFC 7662.




namespace bbgrant::detail {

inline std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

inline Introspection read_introspection(const nlohmann::json& object) {
  Introspection result{.active = object.at("active").get<bool>(),
                       .scopes = Scopes::read(text_of(object, "scope")),
                       .client_id = text_of(object, "client_id"),
                       .username = text_of(object, "username"),
                       .subject = text_of(object, "sub")};
  constexpr double kMost = 253'402'300'799;  // the last second of the year 9999
  if (const auto end = object.find("exp"); end != object.end() && end->is_number())
    result.expires_at = std::chrono::sys_seconds{std::chrono::seconds{
        static_cast<std::int64_t>(std::clamp(end->get<double>(), 0.0, kMost))}};
  return result;
}

}  // namespace bbgrant::detail

namespace bbgrant {

inline Introspection Client::introspect(const Secret& token, WireKind kind,
                                                std::chrono::milliseconds timeout,
                                                std::stop_token stop) const {
  if (parts_->server.introspect_url.empty())
    throw ConfigError("The server has no introspection endpoint", {},
                      "Call the API: a 401 says that the token is no longer good");
  const auto request =
      parts_->token_form(parts_->server.introspect_url, token, kind, timeout, std::move(stop));
  const auto response =
      detail::exchange(parts_->line, request, "introspect", detail::BodyHolds::kTokens);
  const detail::KnownSecrets known{request};
  const auto shown = detail::judged_url(request.url, "The introspect URL", true).shown();
  if (response.status != 200)
    detail::throw_refusal(response.status, response.headers, response.body, now(), shown, known);
  try {
    const auto object = detail::read_json(response.body, 32, detail::RepeatedMembers::kRefuse);
    if (object.is_object() && object.contains("active") && object.at("active").is_boolean()) {
      auto result = detail::read_introspection(object);
      result.answer = masked(detail::hide_token_answer(response.body, known));
      return result;
    }
  } catch (const detail::BadJson&) {
    // Told below.
  }
  throw ProtocolError(
      "The answer of the introspection endpoint does not say whether the token is "
      "active",
      response.status, detail::excerpt(masked(detail::hide_token_answer(response.body, known))),
      shown);
}

}  // namespace bbgrant

// --- src/client/json_reader.cpp

namespace bbgrant::detail {

inline nlohmann::json read_json(std::string_view text, std::size_t depth,
                                        RepeatedMembers repeated) {
  using Event = nlohmann::json::parse_event_t;
  std::vector<std::set<std::string, std::less<>>> seen;  // one set for each open object
  const auto watch = [&](int level, Event event, nlohmann::json& parsed) {
    const bool opens = event == Event::object_start || event == Event::array_start;
    if (opens && static_cast<std::size_t>(level) >= depth) throw BadJson("it is nested too deeply");
    if (repeated == RepeatedMembers::kAllow) return true;
    if (event == Event::object_start) seen.emplace_back();
    if (event == Event::object_end) seen.pop_back();
    if (event == Event::key && !seen.back().insert(parsed.get_ref<const std::string&>()).second)
      throw BadJson("a member is repeated");
    return true;
  };
  auto value = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  if (value.is_discarded()) throw BadJson("it is not JSON");
  return value;
}

}  // namespace bbgrant::detail

// --- src/client/jwt_grant.cpp

// Bitbucket's urn:bitbucket:oauth2:jwt, client's side. Not a grant of RFC 7523: the JWT stands in
// the Authorization header, with a scheme of its own.



namespace bbgrant {

inline Token Client::jwt_grant(std::string_view subject, const Secret& key,
                                       std::string_view issuer, std::chrono::milliseconds timeout,
                                       std::stop_token stop) const {
  if (subject.empty()) throw ConfigError("The subject of the JWT is empty");
  if (key.empty()) throw ConfigError("The key of the JWT is empty");
  constexpr std::chrono::seconds kLifetime = std::chrono::minutes{3};
  const auto issued = now();
  const nlohmann::json claims{
      {"iss", issuer.empty() ? std::string_view{parts_->key.value()} : issuer},
      {"sub", subject},
      {"iat", issued.time_since_epoch().count()},
      {"exp", (issued + kLifetime).time_since_epoch().count()}};
  Secret jwt = detail::base64url(R"({"alg":"HS256","typ":"JWT"})");
  jwt.append(".");
  jwt.append(detail::base64url(claims.dump()).reveal());
  const Secret signature = detail::hmac_sha256(key, jwt.reveal());  // RFC 7515 section 5.1
  jwt.append(".");
  jwt.append(detail::base64url(signature.reveal()).reveal());

  WireText authorization = wire_text("JWT ");  // case sensitive at Bitbucket
  authorization.push_back(WirePart::hidden(WireKind::kAssertion, std::move(jwt)));
  std::vector<FormField> fields;
  fields.push_back(FormField::plain("grant_type", "urn:bitbucket:oauth2:jwt"));
  return parts_->token_request(std::move(fields), std::move(authorization), "JWT grant", timeout,
                               std::move(stop));
}

}  // namespace bbgrant

// --- src/client/masking.cpp

namespace bbgrant::detail {

/// The secret members of the answers of RFC 6749, OpenID Connect, RFC 8628 and RFC 7591.
inline constexpr std::array<std::string_view, 7> kSecretMembers{"access_token",
                                                                "refresh_token",
                                                                "id_token",
                                                                "device_code",
                                                                "user_code",
                                                                "client_secret",
                                                                "registration_access_token"};

inline WireKind kind_of_member(std::string_view name) noexcept {
  if (name == "access_token") return WireKind::kAccessToken;
  if (name == "refresh_token") return WireKind::kRefreshToken;
  return WireKind::kOther;
}

/// The ways in which servers write a text between the quotes of JSON: UTF-8, ASCII only, and PHP's,
/// which escapes the slash.
inline std::array<std::string, 3> json_spellings(std::string_view text) {
  const auto quoted = [text](bool ascii) {
    const std::string whole =
        nlohmann::json(text).dump(-1, ' ', ascii, nlohmann::json::error_handler_t::ignore);
    return whole.substr(1, whole.size() - 2);
  };
  std::array<std::string, 3> spellings{quoted(false), quoted(true), {}};
  for (const char c : spellings[1]) spellings[2] += c == '/' ? "\\/" : std::string(1, c);
  return spellings;
}

inline void KnownSecrets::add(WireKind kind, std::string_view secret) {
  const auto remember = [this, kind](std::string_view spelling) {
    const bool known = std::ranges::any_of(
        spellings_, [spelling](const auto& part) { return part.reveal() == spelling; });
    if (!spelling.empty() && !known) spellings_.push_back(WirePart::hidden(kind, Secret{spelling}));
  };
  remember(secret);
  remember(percent_encoded(secret).reveal());
  for (const auto& spelling : json_spellings(secret)) remember(spelling);
}

inline KnownSecrets::KnownSecrets(const HttpRequest& request) {
  const auto add_part = [this](const WirePart& part) {
    if (part.kind == WireKind::kText) return;
    add(part.kind, part.reveal());
    add(part.kind, percent_decoded(part.reveal()).reveal());
    if (part.kind != WireKind::kBasicCredentials) return;
    const Secret pair = base64_decoded(part.reveal());
    const auto colon = pair.reveal().find(':');
    if (colon == std::string_view::npos) return;
    add(WireKind::kConsumerSecret, percent_decoded(pair.reveal().substr(colon + 1)).reveal());
  };
  for (const auto& header : request.headers) std::ranges::for_each(header.value, add_part);
  std::ranges::for_each(request.body, add_part);
  // The longest first, so that no spelling is found inside another one.
  std::ranges::sort(spellings_, std::ranges::greater{},
                    [](const auto& part) { return part.reveal().size(); });
}

/// Cuts `needle` out of the plain parts of `text`; with quotes, only where it stands between them.
inline void hide_one(WireText& text, WireKind kind, std::string_view needle, bool quoted = false) {
  const std::string quote = quoted ? "\"" : "";
  Secret whole{std::string_view{quote}};
  whole.append(needle);
  whole.append(quote);
  WireText result;
  const auto keep = [&result](std::string_view plain) {
    if (!plain.empty()) result.push_back(WirePart::plain(std::string{plain}));
  };
  for (auto& part : text) {
    if (part.kind != WireKind::kText || part.text.find(whole.reveal()) == std::string::npos) {
      result.push_back(std::move(part));
      continue;
    }
    std::string_view rest{part.text};
    for (auto found = rest.find(whole.reveal()); found != std::string_view::npos;
         found = rest.find(whole.reveal())) {
      keep(rest.substr(0, found + quote.size()));
      result.push_back(WirePart::hidden(kind, Secret{needle}));
      rest.remove_prefix(found + quote.size() + needle.size());
    }
    keep(rest);
    ::explicit_bzero(part.text.data(), part.text.size());
  }
  text = std::move(result);
}

inline WireText hidden_whole(WireKind kind, std::string_view text) {
  WireText result;
  result.push_back(WirePart::hidden(kind, kind == WireKind::kPassword ? Secret{} : Secret{text}));
  return result;
}

inline WireText KnownSecrets::hide(std::string_view text) const {
  for (const auto& part : spellings_)
    if (part.kind == WireKind::kPassword && text.find(part.reveal()) != std::string_view::npos)
      return hidden_whole(WireKind::kPassword, text);
  WireText result = wire_text(std::string{text});
  for (const auto& part : spellings_) hide_one(result, part.kind, part.reveal());
  return result;
}

/// The values of secret members, at any depth, as they are spelled in the text; nothing when one of
/// them is spelled in a way that we do not find again.
inline bool find_secret_values(const nlohmann::json& value, std::string_view text,
                               std::vector<WirePart>& found) {
  if (!value.is_structured()) return true;
  for (const auto& item : value.items()) {
    const auto& member = item.value();
    if (!value.is_object() ||
        std::ranges::find(kSecretMembers, item.key()) == kSecretMembers.end()) {
      if (!find_secret_values(member, text, found)) return false;
      continue;
    }
    // An empty or non-string value hides nothing, except a structure, which may hold anything.
    if (member.is_structured()) return false;
    const std::string spelled = member.is_string() ? member.get<std::string>() : member.dump();
    if (!member.is_string() || spelled.empty()) continue;
    bool present = false;
    for (const auto& spelling : json_spellings(spelled)) {
      if (text.find('"' + spelling + '"') == std::string_view::npos) continue;
      present = true;
      found.push_back(
          WirePart::hidden(kind_of_member(item.key()), Secret{std::string_view{spelling}}));
    }
    if (!present) return false;
  }
  return true;
}

inline WireText hide_token_answer(std::string_view body, const KnownSecrets& known) {
  WireText result = known.hide(body);
  if (result.size() == 1 && result.front().kind == WireKind::kPassword) return result;
  // Half an answer, or one inside a text, can hold a whole token.
  const bool suspicious = std::ranges::any_of(kSecretMembers, [body](std::string_view name) {
    return body.find(name) != std::string_view::npos;
  });
  std::vector<WirePart> found;
  try {
    const auto value = read_json(body, 32, RepeatedMembers::kRefuse);
    const bool opaque =
        value.is_structured() ? !find_secret_values(value, body, found) : suspicious;
    if (opaque) return hidden_whole(WireKind::kOther, body);
  } catch (const BadJson&) {
    return suspicious ? hidden_whole(WireKind::kOther, body) : std::move(result);
  }
  for (const auto& part : found) hide_one(result, part.kind, part.reveal(), /*quoted=*/true);
  return result;
}

inline std::string excerpt(std::string masked_body) {
  constexpr std::size_t kMost = std::size_t{64} << 10;
  if (masked_body.size() > kMost) masked_body.resize(kMost);
  return masked_body;
}

}  // namespace bbgrant::detail

// --- src/client/memory_token_store.cpp

namespace bbgrant::detail {

class MemoryTokenStore final : public TokenStore {
 public:
  std::optional<Token> load() override {
    const std::scoped_lock lock{mutex_};
    if (!token_) return std::nullopt;
    return token_->copy();
  }
  void save(const Token& token) override {
    const std::scoped_lock lock{mutex_};
    token_ = token.copy();
  }
  void clear() override {
    const std::scoped_lock lock{mutex_};
    token_.reset();
  }

 private:
  std::mutex mutex_;
  std::optional<Token> token_;  // guarded by mutex_
};

}  // namespace bbgrant::detail

namespace bbgrant {

inline std::unique_ptr<TokenStore::Hold> TokenStore::hold(
    std::chrono::milliseconds /*timeout*/, const std::stop_token& /*stop*/) {
  return nullptr;
}

inline std::shared_ptr<TokenStore> memory_token_store() {
  return std::make_shared<detail::MemoryTokenStore>();
}

}  // namespace bbgrant

// --- src/client/names.cpp

namespace bbgrant {

namespace detail {

/// RFC 6749 section 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ).
inline bool is_scope_name(std::string_view name) noexcept {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return c >= '\x21' && c <= '\x7e' && c != '"' && c != '\\';
  });
}

/// Calls `visit` for each stretch without a separator.
template <class Visit>
inline void for_each_word(std::string_view text, std::string_view separators, Visit visit) {
  while (true) {
    const auto first = text.find_first_not_of(separators);
    if (first == std::string_view::npos) return;
    text.remove_prefix(first);
    const auto length = std::min(text.find_first_of(separators), text.size());
    visit(text.substr(0, length));
    text.remove_prefix(length);
  }
}

inline void require_scope_name(std::string_view name) {
  if (!is_scope_name(name))
    throw ConfigError(
        "A scope name is empty or has a character that is not allowed", {},
        "Scopes are words such as account or repository:write (RFC 6749 section 3.3)");
}

}  // namespace detail

inline Scopes::Scopes(std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    detail::require_scope_name(name);
    add(name);
  }
}

inline Scopes Scopes::parse(std::string_view text) {
  Scopes scopes;
  detail::for_each_word(text, " ", [&scopes](std::string_view name) {
    detail::require_scope_name(name);
    scopes.add(name);
  });
  return scopes;
}

inline Scopes Scopes::read(std::string_view text) {
  Scopes scopes;
  // Bitbucket's X-OAuth-Scopes header has commas and blanks.
  detail::for_each_word(text, ", \t", [&scopes](std::string_view name) { scopes.add(name); });
  return scopes;
}

inline bool Scopes::contains(std::string_view name) const noexcept {
  return std::ranges::find(names_, name) != names_.end();
}

inline std::string Scopes::text() const {
  std::string result;
  for (const auto& name : names_) {
    if (!result.empty()) result += ' ';
    result += name;
  }
  return result;
}

inline bool operator==(const Scopes& left, const Scopes& right) noexcept {
  return left.size() == right.size() &&
         std::ranges::all_of(left, [&right](const auto& name) { return right.contains(name); });
}

inline void Scopes::add(std::string_view name) {
  if (!contains(name)) names_.emplace_back(name);
}

}  // namespace bbgrant

// --- src/client/pages.cpp

namespace bbgrant {

struct Items::Iterator::State {
  Fetch fetch;
  std::string next;  // empty: the page in hand is the last
  nlohmann::json values = nlohmann::json::array();
  std::size_t at = 0;
  std::set<std::string, std::less<>> visited{};

  [[noreturn]] void refuse(const std::string& why, const std::string& target) const {
    const auto url = detail::Url::parse(target);
    throw ProtocolError("The list cannot be read on: " + why, 200, {},
                        url ? url->shown() : std::string{});
  }

  void fetch_page() {
    const std::string target = std::exchange(next, {});
    if (!visited.insert(target).second) refuse("next leads in a circle", target);
    auto page = fetch_json(target);
    if (!page.is_object() || !page.contains("values") || !page.at("values").is_array())
      refuse("this is no page", target);
    values = std::move(page.at("values"));
    at = 0;
    const auto link = page.find("next");
    if (link == page.end() || link->is_null()) return;
    if (!link->is_string()) refuse("next is not a string", target);
    next = link->get<std::string>();
  }

  nlohmann::json fetch_json(const std::string& target) {
    try {
      return fetch(target).json();
    } catch (const ConfigError& error) {
      // The first target is the caller's, the others are the server's: S39.
      if (visited.size() == 1) throw;
      refuse(error.what(), target);
    }
  }

  /// Skips empty pages, which Bitbucket sends where a filter leaves nothing.
  void settle() {
    while (at >= values.size() && !next.empty()) fetch_page();
  }
};

inline Items::Iterator Items::begin() const {
  auto state = std::make_shared<Iterator::State>();
  state->fetch = fetch_;
  state->next = target_;
  return Iterator{std::move(state)};
}

inline const nlohmann::json& Items::Iterator::operator*() const {
  state_->settle();
  return state_->values.at(state_->at);
}

inline Items::Iterator& Items::Iterator::operator++() {
  ++state_->at;  // the next page waits until somebody asks for it
  return *this;
}

inline bool Items::Iterator::at_end() const {
  state_->settle();
  return state_->at >= state_->values.size();
}

}  // namespace bbgrant

// --- src/client/password_grant.cpp

// The resource owner password credentials grant, client's side. RFC 6749 section 4.3.



namespace bbgrant {

inline Token Client::password_grant(const Username& username, Secret password,
                                            const Scopes& scopes, std::chrono::milliseconds timeout,
                                            std::stop_token stop) const {
  constexpr std::size_t kMostPasswordBytes = 1024;
  if (username.empty()) throw ConfigError("The user name is empty");
  if (password.empty()) throw ConfigError("The password is empty");
  if (password.size() > kMostPasswordBytes)
    throw ConfigError("The password is longer than 1,024 bytes");

  std::vector<FormField> fields;  // in the order of RFC 6749 section 4.3.2
  fields.push_back(FormField::plain("grant_type", "password"));
  fields.push_back(FormField::plain("username", username.value()));
  fields.push_back(FormField::hidden("password", WireKind::kPassword, std::move(password)));
  if (!scopes.empty()) fields.push_back(FormField::plain("scope", scopes.text()));
  try {
    return token_request(std::move(fields), "password grant", timeout, std::move(stop));
  } catch (const OAuthError& refusal) {
    const auto& ended = parts_->server.password_grant_ended;
    if (ended.empty()) throw;
    throw OAuthError(
        std::string{refusal.what()} + ". " + ended, refusal.answer(), refusal.url(),
        "Use authorization code with PKCE for people, client credentials for machines");
  }
}

}  // namespace bbgrant

// --- src/client/refresh_grant.cpp

// Refreshing an access token, client's side. RFC 6749 section 6.



namespace bbgrant {

inline Token Client::refresh(const Secret& refresh_token, const Scopes& scopes,
                                     std::chrono::milliseconds timeout,
                                     std::stop_token stop) const {
  if (refresh_token.empty()) throw ConfigError("The refresh token is empty", {}, "Sign in again");
  std::vector<FormField> fields;
  fields.push_back(FormField::plain("grant_type", "refresh_token"));
  fields.push_back(
      FormField::hidden("refresh_token", WireKind::kRefreshToken, refresh_token.copy()));
  if (!scopes.empty()) fields.push_back(FormField::plain("scope", scopes.text()));
  Token token = token_request(std::move(fields), "refresh", timeout, std::move(stop));
  // RFC 6749 section 6: the server may keep the refresh token and say nothing (S82).
  if (!token.refresh_token) token.refresh_token = refresh_token.copy();
  return token;
}

inline bool refuses_refresh_token(const OAuthError& error) noexcept {
  // Bitbucket, not RFC 6749: invalid_request with "Invalid refresh_token".
  const bool names_it = error.error() == "invalid_request" &&
                        error.description().find("refresh_token") != std::string::npos;
  return (error.status() == 400 || error.status() == 401 || error.status() == 200) &&
         (error.error() == "invalid_grant" || names_it);
}

}  // namespace bbgrant

// --- src/client/revoke.cpp

// Ending a token, client's side. RFC 7009.



namespace bbgrant {

inline void Client::revoke(const Secret& token, WireKind kind,
                                   std::chrono::milliseconds timeout, std::stop_token stop) const {
  if (parts_->server.revoke_url.empty())
    throw ConfigError("The server has no revocation endpoint", {},
                      "Forget the token; it lives until it expires");
  const auto request =
      parts_->token_form(parts_->server.revoke_url, token, kind, timeout, std::move(stop));
  const auto response =
      detail::exchange(parts_->line, request, "revoke", detail::BodyHolds::kTokens);
  if (response.status == 200 || response.status == 204) return;  // RFC 7009 section 2.2
  detail::throw_refusal(response.status, response.headers, response.body, now(),
                        detail::judged_url(request.url, "The revoke URL", true).shown(),
                        detail::KnownSecrets{request});
}

}  // namespace bbgrant

// --- src/client/server.cpp

namespace bbgrant {

inline Server Server::sandbox(std::string_view origin) {
  while (origin.ends_with('/')) origin.remove_suffix(1);
  const std::string base{origin};
  return Server{.name = "bbgrant sandbox",
                .issuer = base,
                .authorize_url = base + "/site/oauth2/authorize",
                .token_url = base + "/site/oauth2/access_token",
                .revoke_url = base + "/site/oauth2/revoke",
                .introspect_url = base + "/site/oauth2/introspect",
                .api_url = base};
}

inline Server Server::bitbucket() {
  return Server{.name = "Bitbucket Cloud",
                .authorize_url = "https://bitbucket.org/site/oauth2/authorize",
                .token_url = "https://bitbucket.org/site/oauth2/access_token",
                .api_url = "https://api.bitbucket.org",
                .password_grant_ended =
                    "Bitbucket Cloud ended the password grant on 2022-03-01 for all accounts"};
}

}  // namespace bbgrant

// --- src/client/session.cpp

namespace bbgrant::detail {

[[noreturn]] inline void require_login(const std::string& why, OAuthError::Answer answer = {},
                                       std::string url = {}) {
  throw LoginRequired("Login required: " + why, std::move(answer), std::move(url), "Sign in again");
}

inline TransportError cancelled_error() {
  return {TransportFault::kCancelled, "The call was cancelled", {}, {}, false};
}

/// Throws a copy of what the work threw, on another thread. Each waiter has a copy of its own, so
/// that no exception object is shared among threads.
using Rethrow = std::function<void()>;

template <class Work>
inline Rethrow outcome_of(const Work& work) {
  try {
    work();
    return {};
  } catch (const LoginRequired& error) {
    return [error] { throw error; };
  } catch (const OAuthError& error) {
    return [error] { throw error; };
  } catch (const TransportError& error) {
    return [error] { throw error; };
  } catch (const ProtocolError& error) {
    return [error] { throw error; };
  } catch (const ConfigError& error) {
    return [error] { throw error; };
  } catch (...) {  // a store's own error, or no memory
    return [error = std::current_exception()] { std::rethrow_exception(error); };
  }
}

}  // namespace bbgrant::detail

namespace bbgrant {

struct Session::Parts {
  /// One replacement of the token, by one thread; the others wait for it.
  struct Flight {
    bool done = false;
    detail::Rethrow failure{};
  };
  /// The token that a call used, to see later whether it was replaced meanwhile.
  struct Bearer {
    Secret token;
    std::uint64_t generation;
  };

  Parts(Client its_client, ApiClient its_api, std::shared_ptr<TokenStore> its_store,
        SessionOptions its_options)
      : client(std::move(its_client)),
        api(std::move(its_api)),
        store(its_store ? std::move(its_store) : memory_token_store()),
        options(std::move(its_options)),
        token(store->load()) {}

  Client client;
  ApiClient api;
  std::shared_ptr<TokenStore> store;
  SessionOptions options;

  mutable std::mutex mutex{};
  std::condition_variable_any landed{};
  std::optional<Token> token{};      // guarded by mutex
  std::uint64_t generation = 0;      // guarded by mutex; one more for each new token
  std::shared_ptr<Flight> flight{};  // guarded by mutex; null: nobody replaces the token

  /// Runs `work` as the only thread that replaces the token; the mutex is not held meanwhile.
  template <class Work>
  void alone(std::unique_lock<std::mutex>& lock, const Work& work) {
    const auto mine = std::make_shared<Flight>();
    flight = mine;
    lock.unlock();
    auto failure = detail::outcome_of(work);
    lock.lock();
    mine->failure = failure;
    mine->done = true;
    flight.reset();
    lock.unlock();
    landed.notify_all();
    if (failure) failure();
  }

  /// Waits until nobody replaces the token.
  void wait_for_turn(std::unique_lock<std::mutex>& lock) {
    landed.wait(lock, [this] { return flight == nullptr; });
  }

  void adopt(Token fresh) {
    const std::scoped_lock lock{mutex};
    token = std::move(fresh);
    ++generation;
  }

  /// No new access token, so no new generation: who saw the old one must not take it for replaced.
  void keep_without_refresh_token(Token old) {
    const std::scoped_lock lock{mutex};
    token = std::move(old);
  }

  void forget() {
    const std::scoped_lock lock{mutex};
    token.reset();
    ++generation;
  }

  [[nodiscard]] std::optional<Token> current() const {
    const std::scoped_lock lock{mutex};
    if (!token) return std::nullopt;
    return token->copy();
  }

  [[nodiscard]] Bearer bearer() const {
    const std::scoped_lock lock{mutex};
    if (!token) detail::require_login("nobody is signed in");
    return {token->access_token.copy(), generation};
  }

  void renew(std::uint64_t seen, const std::stop_token& stop);
  void replace(const std::stop_token& stop);
  [[nodiscard]] Token refreshed(Token old, const std::stop_token& stop);
  [[nodiscard]] Bearer good_bearer(const std::stop_token& stop);
};

/// Sees to it that the token of generation `seen` is replaced, by this thread or another one.
inline void Session::Parts::renew(std::uint64_t seen, const std::stop_token& stop) {
  std::unique_lock lock{mutex};
  while (generation == seen) {  // else it was replaced meanwhile: nothing to do (S42)
    if (!flight) {
      alone(lock, [this, &stop] { replace(stop); });
      return;
    }
    const auto joined = flight;
    if (!landed.wait(lock, stop, [&joined] { return joined->done; }))
      throw detail::cancelled_error();
    if (!joined->failure) continue;
    try {
      joined->failure();
    } catch (const TransportError& error) {
      // Another caller's cancellation is not ours: take the next turn.
      if (error.fault() != TransportFault::kCancelled) throw;
    }
  }
}

/// The whole replacement: other processes kept out, the store read again, asked, saved, used.
inline void Session::Parts::replace(const std::stop_token& stop) {
  auto old = current();
  const auto hold = store->hold(options.refresh_timeout, stop);
  if (hold || !old) {
    // Another process may have been first; its token is as good as one of our own.
    auto stored = store->load();
    const bool other = stored && (!old || !detail::same_secret(stored->access_token.reveal(),
                                                               old->access_token.reveal()));
    if (other && !stored->expired(client.now(), options.early)) return adopt(*std::move(stored));
    if (other) old = std::move(stored);
  }
  if (!old) detail::require_login("nobody is signed in");
  Token fresh = refreshed(*std::move(old), stop);
  Token shown = fresh.copy();
  const auto failure = detail::outcome_of([this, &fresh] { store->save(fresh); });
  adopt(std::move(fresh));  // also when it could not be saved: the old refresh token may be spent
  if (failure) failure();
  if (options.token_changed) options.token_changed(shown);
}

inline Token Session::Parts::refreshed(Token old, const std::stop_token& stop) {
  if (!old.refresh_token)
    detail::require_login("the token is no longer good and there is no refresh token");
  try {
    Token fresh = client.refresh(*old.refresh_token, {}, options.refresh_timeout, stop);
    if (!fresh.scopes) fresh.scopes = old.scopes;  // RFC 6749 section 6: as before
    return fresh;
  } catch (const OAuthError& error) {
    if (!refuses_refresh_token(error)) throw;  // S42: a passing refusal costs nothing
    old.refresh_token.reset();                 // a definite one: never sent again
    store->save(old);
    keep_without_refresh_token(std::move(old));
    detail::require_login(error.what(), error.answer(), error.url());
  }
}

/// The token, replaced first when it is near its end.
inline Session::Parts::Bearer Session::Parts::good_bearer(const std::stop_token& stop) {
  const auto now = client.now();
  std::uint64_t seen = 0;
  bool alive = false;
  {
    const std::scoped_lock lock{mutex};
    if (token && !token->expired(now, options.early))
      return {token->access_token.copy(), generation};
    seen = generation;
    alive = token && !token->expired(now, std::chrono::seconds{0});
  }
  try {
    renew(seen, stop);
  } catch (const Error&) {
    // While the old token lives, a failed refresh is no reason to fail.
    if (!alive || stop.stop_requested()) throw;
  }
  return bearer();
}

inline Session::Session(Client client, ApiClient api, std::shared_ptr<TokenStore> store,
                                SessionOptions options)
    : parts_(std::make_unique<Parts>(std::move(client), std::move(api), std::move(store),
                                     std::move(options))) {}

inline Session::~Session() = default;

inline void Session::sign_in(Token token) {
  Token shown = token.copy();
  std::unique_lock lock{parts_->mutex};
  parts_->wait_for_turn(lock);
  parts_->alone(lock, [this, &token] {
    const auto hold = parts_->store->hold(parts_->options.refresh_timeout, {});
    parts_->store->save(token);
    parts_->adopt(std::move(token));
  });
  if (parts_->options.token_changed) parts_->options.token_changed(shown);
}

inline void Session::sign_out() {
  std::optional<Token> old;
  std::unique_lock lock{parts_->mutex};
  parts_->wait_for_turn(lock);
  parts_->alone(lock, [this, &old] {
    old = parts_->current();
    const auto hold = parts_->store->hold(parts_->options.refresh_timeout, {});
    parts_->forget();
    parts_->store->clear();
  });
  if (!old || parts_->client.server().revoke_url.empty()) return;
  // RFC 7009 section 2.1: a server may leave the access token alive when the refresh token ends.
  if (old->refresh_token) parts_->client.revoke(*old->refresh_token, WireKind::kRefreshToken);
  parts_->client.revoke(old->access_token, WireKind::kAccessToken);
}

inline std::optional<Token> Session::token() const { return parts_->current(); }

inline Secret Session::access_token(const std::stop_token& stop) {
  return parts_->good_bearer(stop).token;
}

inline void Session::refresh(const std::stop_token& stop) {
  std::uint64_t seen = 0;
  {
    const std::scoped_lock lock{parts_->mutex};
    seen = parts_->generation;
  }
  parts_->renew(seen, stop);
}

inline ApiResponse Session::send(const ApiRequest& request) {
  auto bearer = parts_->good_bearer(request.stop);
  try {
    return parts_->api.send(request, bearer.token);
  } catch (const ApiError& error) {
    if (error.status() != 401) throw;
  }
  // The server refused the token before it acted, so any method may be sent again, once.
  parts_->renew(bearer.generation, request.stop);
  bearer = parts_->bearer();
  return parts_->api.send(request, bearer.token);
}

inline ApiResponse Session::get(std::string target) {
  return send({.target = std::move(target)});
}

inline ApiResponse Session::post(std::string target, std::string json_body) {
  return send({.method = "POST", .target = std::move(target), .body = std::move(json_body)});
}

inline ApiResponse Session::put(std::string target, std::string json_body) {
  return send({.method = "PUT", .target = std::move(target), .body = std::move(json_body)});
}

inline ApiResponse Session::remove(std::string target) {
  return send({.method = "DELETE", .target = std::move(target)});
}

inline Items Session::items(std::string target) {
  return {[this](const std::string& page) { return get(page); }, std::move(target)};
}

}  // namespace bbgrant

// --- src/client/token.cpp

namespace bbgrant {

inline Clock system_clock() {
  return [] {
    return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  };
}

inline std::optional<std::chrono::sys_seconds> Token::expires_at() const noexcept {
  if (!expires_in) return std::nullopt;
  return issued_at + *expires_in;
}

inline bool Token::expired(std::chrono::sys_seconds now,
                                   std::chrono::seconds early) const noexcept {
  const auto end = expires_at();
  return end && now >= *end - early;
}

inline Token Token::copy() const {
  Token result{.access_token = access_token.copy(),
               .token_type = token_type,
               .scopes = scopes,
               .issued_at = issued_at,
               .expires_in = expires_in,
               .answer = answer.copy(),
               .masked_answer = masked_answer,
               .other_members = other_members};
  if (refresh_token) result.refresh_token = refresh_token->copy();
  return result;
}

}  // namespace bbgrant

// --- src/client/token_response.cpp

namespace bbgrant::detail {

/// What every check of one answer needs to throw with.
struct Answer {
  int status;
  const Headers& headers;
  std::string_view body;
  std::chrono::sys_seconds now;
  std::string_view url;
  const KnownSecrets& known;

  [[nodiscard]] std::string masked_body() const {
    return excerpt(masked(hide_token_answer(body, known)));
  }
  [[noreturn]] void malformed(const std::string& why) const {
    throw ProtocolError(
        "The answer of the token endpoint (status " + std::to_string(status) +
            ") is no token: " + why,
        status, masked_body(), std::string{url},
        "Check that the token URL is right; RFC 6749 section 5 says what must come from there");
  }
};

/// What a code of RFC 6749 section 5.2, or Bitbucket's use of it, asks the reader to do.
inline std::string advice_for_code(std::string_view error, std::string_view description) {
  if (description.starts_with("Unsupported grant type"))  // Bitbucket sends invalid_grant with it
    return "The server does not offer this grant; use another one";
  if (description.find("resource owner") != std::string_view::npos)
    return "Check name and password; an account with two-step verification cannot use this grant";
  if (description.find("refresh_token") != std::string_view::npos)
    return "The refresh token is no longer good: sign in again";
  if (error == "unauthorized_client" || error == "invalid_client")
    return "Check the consumer key and secret, and that this client may use this grant";
  if (error == "unsupported_grant_type")
    return "The server does not offer this grant; use another one";
  if (error == "invalid_grant")
    return "What was presented (password, code or refresh token) is wrong, used or expired";
  if (error == "invalid_scope") return "Ask for scopes that the client is registered for";
  if (error == "temporarily_unavailable" || error == "server_error") return "Try again later";
  return {};
}

inline std::string text_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

[[noreturn]] inline void throw_oauth_error(const nlohmann::json& object, const Answer& answer) {
  // The server may echo what it was sent.
  OAuthError::Answer refusal{
      .status = answer.status,
      .error = answer.known.mask(text_member(object, "error")),
      .description = answer.known.mask(text_member(object, "error_description")),
      .error_uri = answer.known.mask(text_member(object, "error_uri")),
      .masked_body = answer.masked_body(),
      .retry_after = retry_after(answer.headers, answer.now)};
  std::string what = "The authorization server refused: " + refusal.error;
  if (!refusal.description.empty()) what += " (" + refusal.description + ")";
  std::string advice = advice_for_code(refusal.error, refusal.description);
  throw OAuthError(what, std::move(refusal), std::string{answer.url}, std::move(advice));
}

/// S43: how long the token lives, from 0 to 2^31 - 1 seconds; nothing when the server does not say.
inline std::optional<std::chrono::seconds> read_lifetime(const nlohmann::json& object,
                                                         const Answer& answer) {
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  const auto found = object.find("expires_in");
  if (found == object.end() || found->is_null()) return std::nullopt;
  double seconds = 0;
  if (found->is_number()) {
    seconds = found->get<double>();
  } else if (found->is_string()) {
    // PayPal and others send digits in a string.
    const auto& text = found->get_ref<const std::string&>();
    const auto digits = text.find_first_not_of("0123456789", text.starts_with('-') ? 1 : 0);
    if (text.empty() || text == "-" || digits != std::string::npos)
      answer.malformed("expires_in is no number");
    // More digits than a double holds read as infinity.
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec == std::errc::result_out_of_range) seconds = text.starts_with('-') ? 0 : kMost;
  } else {
    answer.malformed("expires_in is no number");
  }
  return std::chrono::seconds{
      static_cast<std::int64_t>(std::clamp(std::floor(seconds), 0.0, kMost))};
}

/// Moves a text out of the object into a Secret and wipes where it was.
inline Secret take_secret(nlohmann::json& value) {
  return Secret{std::move(value.get_ref<std::string&>())};
}

/// The name of a member that is a text or absent; null counts as absent.
inline bool has_text(const nlohmann::json& object, const char* name, const Answer& answer) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return false;
  if (!found->is_string()) answer.malformed(std::string{name} + " is not a string");
  return true;
}

inline void read_scopes(const nlohmann::json& object, const Answer& answer, Token& token) {
  for (const char* name : {"scope", "scopes"})  // Bitbucket, not RFC 6749: `scopes`
    if (has_text(object, name, answer) && !token.scopes)
      token.scopes = Scopes::read(object.at(name).get_ref<const std::string&>());
}

/// The members that have no place in a Token, secrets among them as "***".
inline std::string other_members(nlohmann::json object, const KnownSecrets& known) {
  for (const char* name :
       {"access_token", "refresh_token", "token_type", "expires_in", "scope", "scopes"})
    object.erase(name);
  const std::string text = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return masked(hide_token_answer(text, known));
}

inline Token read_token(nlohmann::json& object, const Answer& answer) {
  if (const auto error = object.find("error"); error != object.end() && !error->is_null()) {
    if (error->is_string()) throw_oauth_error(object, answer);  // refused with status 200
    answer.malformed("it has a member error");
  }
  const auto access = object.find("access_token");
  if (access == object.end()) answer.malformed("access_token is missing");
  if (!access->is_string()) answer.malformed("access_token is not a string");
  if (access->get_ref<const std::string&>().empty()) answer.malformed("access_token is empty");

  const auto type = object.find("token_type");
  if (type == object.end() || !type->is_string()) answer.malformed("token_type is missing");
  // RFC 6749 section 7.1: a client must not use a type that it does not understand.
  if (!same_in_any_case(type->get_ref<const std::string&>(), "bearer"))
    answer.malformed("token_type is not bearer");

  Token token;
  token.token_type = type->get<std::string>();
  token.issued_at = answer.now;
  token.expires_in = read_lifetime(object, answer);
  const bool refreshable = has_text(object, "refresh_token", answer);
  read_scopes(object, answer, token);
  token.masked_answer = answer.masked_body();
  token.answer = Secret{answer.body};
  token.access_token = take_secret(*access);
  if (refreshable && !object.at("refresh_token").get_ref<const std::string&>().empty())
    token.refresh_token = take_secret(object.at("refresh_token"));
  token.other_members = other_members(std::move(object), answer.known);
  // What a header could not carry must not become one (S86).
  if (token.access_token.reveal().find_first_of(std::string_view{"\r\n\0", 3}) !=
      std::string_view::npos)
    answer.malformed("access_token has a line end or a zero byte");
  return token;
}

inline void throw_refusal(int status, const Headers& headers, std::string_view body,
                                  std::chrono::sys_seconds now, std::string_view url,
                                  const KnownSecrets& known) {
  const Answer answer{status, headers, body, now, url, known};
  if (status >= 300 && status < 400) answer.malformed("it is a redirect, which is not followed");
  try {
    const auto object = read_json(body, 32, RepeatedMembers::kRefuse);
    if (object.is_object() && object.contains("error") && object.at("error").is_string())
      throw_oauth_error(object, answer);
  } catch (const BadJson&) {
    // An error page of a gateway; the status says enough.
  }
  answer.malformed("no OAuth error either");
}

inline Token judge_token_answer(int status, const Headers& headers, std::string_view body,
                                        std::chrono::sys_seconds now, std::string_view url,
                                        const KnownSecrets& known) {
  if (status != 200) throw_refusal(status, headers, body, now, url, known);
  const Answer answer{status, headers, body, now, url, known};
  try {
    auto object = read_json(body, 32, RepeatedMembers::kRefuse);
    if (!object.is_object()) answer.malformed("it is not a JSON object");
    return read_token(object, answer);
  } catch (const BadJson& bad) {
    answer.malformed(bad.what());
  }
}

}  // namespace bbgrant::detail

namespace bbgrant {

inline Token judge_token_response(int status, const Headers& headers, std::string_view body,
                                          std::chrono::sys_seconds now, std::string_view url) {
  return detail::judge_token_answer(status, headers, body, now, url, {});
}

}  // namespace bbgrant

// --- src/client/url.cpp

namespace bbgrant::detail {

struct CurlCleanup {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
  void operator()(char* text) const noexcept { curl_free(text); }
};
using CurlUrl = std::unique_ptr<CURLU, CurlCleanup>;

/// One part of a URL; empty when it is absent.
inline std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* raw = nullptr;
  if (curl_url_get(url, part, &raw, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlCleanup> owned{raw};
  return raw;
}

inline bool has_line_end_or_zero(std::string_view text) noexcept {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos;
}

inline std::optional<Url> Url::parse(std::string_view text) {
  if (has_line_end_or_zero(text)) return std::nullopt;  // S86
  const CurlUrl url{curl_url()};
  if (!url || curl_url_set(url.get(), CURLUPART_URL, std::string{text}.c_str(), 0) != CURLUE_OK)
    return std::nullopt;

  Url result;
  result.scheme_ = url_part(url.get(), CURLUPART_SCHEME);
  result.host_ = url_part(url.get(), CURLUPART_HOST);
  std::ranges::transform(result.host_, result.host_.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if ((result.scheme_ != "http" && result.scheme_ != "https") || result.host_.empty())
    return std::nullopt;
  const std::string port = url_part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  result.origin_ = result.scheme_ + "://" + result.host_ + ":" + port;
  result.path_ = url_part(url.get(), CURLUPART_PATH);
  result.query_ = url_part(url.get(), CURLUPART_QUERY);
  result.has_user_ = !url_part(url.get(), CURLUPART_USER).empty() ||
                     !url_part(url.get(), CURLUPART_PASSWORD).empty();
  result.has_fragment_ = text.find('#') != std::string_view::npos;
  result.text_ = url_part(url.get(), CURLUPART_URL);

  for (const CURLUPart secret :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    curl_url_set(url.get(), secret, nullptr, 0);
  result.shown_ = url_part(url.get(), CURLUPART_URL);
  return result;
}

inline std::optional<Url> Url::resolve(std::string_view reference) const {
  if (has_line_end_or_zero(reference)) return std::nullopt;
  const CurlUrl url{curl_url()};
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text_.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, std::string{reference}.c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  return parse(url_part(url.get(), CURLUPART_URL));
}

inline std::string Url::target() const {
  return query_.empty() ? path_ : path_ + "?" + query_;
}

inline bool Url::loopback() const noexcept {
  if (host_ == "localhost" || host_ == "[::1]") return true;
  in_addr address{};
  // Only a whole IPv4 address counts: 127.0.0.1.example.com is somebody else's name.
  return inet_pton(AF_INET, host_.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24U) == 127U;
}

inline Url judged_url(std::string_view text, std::string_view what, bool allow_plain_http) {
  auto url = Url::parse(text);
  if (!url)
    throw ConfigError(std::string{what} + " is not an http or https URL", {},
                      "Write it whole, such as https://example.com/oauth/token");
  if (url->has_user())
    throw ConfigError(std::string{what} + " must not carry a user or a password", url->shown(),
                      "Remove what stands before the @");
  if (url->has_fragment())
    throw ConfigError(std::string{what} + " must not have a fragment", url->shown(),
                      "Remove the # and what follows it");
  if (url->scheme() == "http" && !url->loopback() && !allow_plain_http)
    throw ConfigError(std::string{what} +
                          " is plain http to another machine, where everybody on "
                          "the path can read the secrets",
                      url->shown(), "Use https, or set allow_plain_http if the network is yours");
  return *std::move(url);
}

}  // namespace bbgrant::detail

// --- src/client/wire.cpp

namespace bbgrant {

inline std::string_view name_of(WireKind kind) noexcept {
  switch (kind) {
    case WireKind::kText:
      return "text";
    case WireKind::kPassword:
      return "password";
    case WireKind::kBasicCredentials:
      return "consumer key and secret";
    case WireKind::kConsumerSecret:
      return "consumer secret";
    case WireKind::kAccessToken:
      return "access token";
    case WireKind::kRefreshToken:
      return "refresh token";
    case WireKind::kCode:
      return "authorization code";
    case WireKind::kCodeVerifier:
      return "code verifier";
    case WireKind::kAssertion:
      return "assertion";
    case WireKind::kOther:
      return "secret";
  }
  return "secret";
}

inline WirePart WirePart::plain(std::string text) {
  return WirePart{.text = std::move(text)};
}

inline WirePart WirePart::hidden(WireKind kind, Secret secret) {
  return WirePart{.kind = kind, .secret = std::move(secret)};
}

inline WirePart WirePart::copy() const {
  return WirePart{.kind = kind, .text = text, .secret = secret.copy()};
}

inline std::string_view WirePart::reveal() const noexcept {
  return kind == WireKind::kText ? std::string_view{text} : secret.reveal();
}

inline WireText wire_text(std::string text) {
  WireText result;
  if (!text.empty()) result.push_back(WirePart::plain(std::move(text)));
  return result;
}

inline WireText copy(const WireText& text) {
  WireText result;
  result.reserve(text.size());
  for (const auto& part : text) result.push_back(part.copy());
  return result;
}

inline std::string masked(const WireText& text) {
  std::string result;
  for (const auto& part : text) result += part.kind == WireKind::kText ? part.text : "***";
  return result;
}

inline Secret revealed(const WireText& text) {
  Secret result;
  for (const auto& part : text)
    result.append(part.kind == WireKind::kPassword ? std::string_view{"***"} : part.reveal());
  return result;
}

inline WireMessage WireMessage::copy() const {
  WireMessage result{.start_line = bbgrant::copy(start_line),
                     .body = bbgrant::copy(body),
                     .head_bytes = head_bytes,
                     .body_bytes = body_bytes};
  for (const auto& header : headers)
    result.headers.push_back({header.name, bbgrant::copy(header.value)});
  return result;
}

inline std::string masked(const WireMessage& message) {
  std::string result = masked(message.start_line) + "\r\n";
  for (const auto& header : message.headers)
    result += header.name + ": " + masked(header.value) + "\r\n";
  return result + "\r\n" + masked(message.body);
}

inline Secret revealed(const WireMessage& message) {
  Secret result = revealed(message.start_line);
  result.append("\r\n");
  for (const auto& header : message.headers) {
    result.append(header.name + ": ");
    result.append(revealed(header.value).reveal());
    result.append("\r\n");
  }
  result.append("\r\n");
  result.append(revealed(message.body).reveal());
  return result;
}

inline Exchange Exchange::copy() const {
  Exchange result{.purpose = purpose,
                  .method = method,
                  .url = url,
                  .request = request.copy(),
                  .failure = failure,
                  .started = started,
                  .took = took};
  if (response) result.response = response->copy();
  return result;
}

}  // namespace bbgrant

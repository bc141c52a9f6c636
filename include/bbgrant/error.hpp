// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bbgrant/names.hpp>

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

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <bbgrant/bbgrant.hpp>

namespace bbgrant::app {

/// Why a call of the client library gave nothing, as a value: for the app a refusal is a lesson,
/// not an exception.
struct Failure {
  enum class Kind {
    kRefused,      ///< the authorization server said no
    kApi,          ///< the API answered with 400 or above
    kUnreachable,  ///< no connection: nothing was sent
    kNoAnswer,     ///< sent, but nothing whole came back in time
    kMalformed,    ///< an answer that is none
    kNotSent,      ///< the client library refused to send it
    kBusy,         ///< this app has too much to do
  };
  Kind kind = Kind::kRefused;
  /// HTTP status; 0 when none came.
  int status = 0;
  /// OAuth error code, or the API's message.
  std::string error{};
  std::string description{};
  /// The library's own sentences: what happened, and what to do.
  std::string what{};
  std::string advice{};
  /// Where the API says which scopes the call needs and which the token has.
  Scopes required{};
  Scopes granted{};
  std::optional<std::chrono::seconds> retry_after{};
};

}  // namespace bbgrant::app

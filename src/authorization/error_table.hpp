// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bbgrant::authorization {

/// Whose codes and statuses the endpoints send (--errors).
enum class ErrorStyle { kBitbucket, kRfc6749 };

/// Why the token, revocation or another endpoint of the authorization server said no.
enum class Refusal {
  kSecretInQuery,              // S1
  kUnreadableForm,             // S3: not a form at all
  kMalformedForm,              // S15: bad percent code, bad UTF-8, NUL, too many parameters
  kRepeatedParameter,          // S4
  kOversizedParameter,         // S15
  kNoClientAuthentication,     // S6
  kWrongClientAuthentication,  // S6
  kTwoClientAuthentications,   // S6
  kMissingGrantType,           // S5
  kUnsupportedGrantType,       // S64
  kGrantNotAllowed,            // S8
  kPublicConsumer,             // S8: client credentials of a public consumer
  kNoCallback,                 // Bitbucket's own
  kNoOwner,                    // S31: whom the consumer would act as
  kMissingParameter,           // S5
  kUnsupportedParameter,       // S65
  kInvalidTarget,              // S65
  kInvalidScope,               // S12
  kThrottled,                  // S10
  kBusy,                       // S56
  kWrongPassword,              // S9: unknown user, wrong password, disabled, two-step: all alike
  kWrongRefreshToken,          // S26, S77
  kInvalidJwt,                 // S66
  kSealedSecret,               // S7: sealed with another key
  kWrongCode,                  // S20, S21
  kMissingToken,               // S78
  kForeignToken,               // S30
  kTooManyQuestions,           // S79
  kUnsupportedResponseType,    // S73; this and the following go by redirect
  kWrongChallenge,             // S21
  kAccessDenied,               // S73
  kServerError,                // S73
};

/// One row: what goes over the wire.
struct ErrorRow {
  unsigned status;
  std::string_view error;
  /// Characters of RFC 6749 section 5.2 only. "{}" takes the detail, where there is one.
  std::string_view description;
};

/// The row of a refusal. Both styles agree where Bitbucket is not known to differ.
/// Sources: RFC 6749 section 5.2, RFC 7009 section 2.2.1, and for Bitbucket's own codes captures of
/// its token endpoint.
[[nodiscard]] const ErrorRow& error_row(Refusal refusal, ErrorStyle style);

/// A refusal with what fills it in.
struct Refused {
  Refusal refusal;
  /// Fills "{}" of the description, e.g. a parameter's name or an unknown grant type; cut to 100
  /// characters of the alphabet of RFC 6749 section 5.2 before it is sent (S64).
  std::string detail = {};
  /// For throttle and overload: seconds to wait, sent as Retry-After.
  std::optional<unsigned> retry_after = {};
};

/// The description with its detail filled in, safe for `error_description`.
[[nodiscard]] std::string description_of(const Refused& refused, ErrorStyle style);

}  // namespace bbgrant::authorization

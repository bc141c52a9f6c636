// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <bbgrant/names.hpp>
#include <bbgrant/secret.hpp>
#include <bbgrant/transport.hpp>

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

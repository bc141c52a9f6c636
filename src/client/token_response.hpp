// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <bbgrant/token.hpp>

#include "client/masking.hpp"

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

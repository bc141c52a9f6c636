// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/document.hpp"
#include "http/form.hpp"

namespace bbgrant::authorization {

/// What a person has filled in, as a document for the registry.
[[nodiscard]] nlohmann::json document_of(const http::Form& form);

/// A consumer's form, empty but for what a new consumer has.
[[nodiscard]] nlohmann::json new_document(std::string_view profile);

/// The fields of the form, filled in from a document: what the registry shows of a consumer, or
/// what a person has sent and sees again.
/// @param fault     stands beside its field; may be null.
/// @param profile   of consumers that name none.
/// @param lifetime  of access tokens where the consumer sets none; unset: the profile's.
[[nodiscard]] nlohmann::json form_view(const nlohmann::json& document,
                                       const base::DocumentError* fault, std::string_view profile,
                                       std::optional<std::chrono::seconds> lifetime);

}  // namespace bbgrant::authorization

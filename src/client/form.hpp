// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <bbgrant/client.hpp>
#include <bbgrant/secret.hpp>
#include <bbgrant/wire.hpp>

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

// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bbgrant/transport.hpp>
#include <bbgrant/wire.hpp>

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

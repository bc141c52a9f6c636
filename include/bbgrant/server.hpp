// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

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

// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

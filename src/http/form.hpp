// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bbgrant/secret.hpp"

namespace bbgrant::http {

/// Why a form or a query is refused (S15).
enum class FormFault { kBadPercentCode, kBadUtf8, kNul, kTooManyParameters };

/// A short English phrase for an error text; holds nothing of the input.
[[nodiscard]] std::string_view describe(FormFault fault) noexcept;

/// Decoded parameters of a form or a query, in order. Values are wiped when the form ends.
/// One thread at a time.
class Form {
 public:
  Form() = default;
  Form(Form&&) noexcept = default;
  Form& operator=(Form&& other) noexcept;
  ~Form();

  /// The first value of that name, which may be empty. The view lives until the form changes.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return get(name).has_value(); }

  /// The first name that stands more than once, even with equal values (S4).
  [[nodiscard]] std::optional<std::string_view> repeated() const noexcept;
  [[nodiscard]] bool has_repeated() const noexcept { return repeated().has_value(); }
  /// Whether this name stands more than once.
  [[nodiscard]] bool is_repeated(std::string_view name) const noexcept;

  /// Moves the first value of that name into a Secret and wipes it here; empty when there is none.
  /// The name stays, with an empty value.
  [[nodiscard]] Secret take_secret(std::string_view name);

  [[nodiscard]] std::size_t size() const noexcept { return parameters_.size(); }
  [[nodiscard]] bool empty() const noexcept { return parameters_.empty(); }
  /// Pairs of name and value.
  [[nodiscard]] auto begin() const noexcept { return parameters_.begin(); }
  [[nodiscard]] auto end() const noexcept { return parameters_.end(); }

 private:
  friend std::variant<Form, FormFault> parse_form(std::string_view, std::size_t);
  void wipe() noexcept;

  // Reserved once while parsing: a move of the strings would leave copies behind.
  std::vector<std::pair<std::string, std::string>> parameters_;
};

/// How many parameters a form may have (S15).
inline constexpr std::size_t kMaxParameters = 50;

/// Reads application/x-www-form-urlencoded, a body or a raw query: "+" is a blank, values must be
/// UTF-8 without NUL. Empty input is an empty form; empty parts between "&" are skipped.
[[nodiscard]] std::variant<Form, FormFault> parse_form(std::string_view text,
                                                       std::size_t max_parameters = kMaxParameters);

using QueryParts = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// "a=1&b=x%20y": for the query of a URL, and good as a form as well.
[[nodiscard]] std::string encode_query(QueryParts parts);
[[nodiscard]] std::string encode_query(
    const std::vector<std::pair<std::string, std::string>>& parts);

/// One path segment: everything but RFC 3986's unreserved characters is percent-encoded.
[[nodiscard]] std::string encode_segment(std::string_view segment);

/// Percent-decodes what stands inside Basic authentication or a form value ("+" is a blank).
[[nodiscard]] std::variant<std::string, FormFault> decode_form_value(std::string_view text);

/// Well-formed UTF-8 by RFC 3629: no overlong forms, no surrogates.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace bbgrant::http

// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bbgrant/bbgrant.hpp>
#include <nlohmann/json.hpp>

#include "app/wire_view.hpp"

namespace bbgrant::app {

/// Collects the spans of one rendering of an exchange.
class WireParts {
 public:
  /// @param most  bytes; what comes after them is counted and left out.
  explicit WireParts(Secrets secrets, std::size_t most = std::size_t{192} * 1024)
      : secrets_(secrets), room_(most) {}

  /// Text that is no secret. Neighbours of the same kind become one span.
  void text(std::string_view text, std::string_view kind = {});
  /// A secret or text: masked in its owner's colour, or shown where that was asked for.
  void part(const WirePart& part, std::string_view kind = {});
  void parts(const WireText& parts, std::string_view kind = {});
  /// A secret that stands in no record, such as the consumer's.
  void secret(const Secret& secret, WireKind kind);

  [[nodiscard]] nlohmann::json take();

 private:
  Secrets secrets_;
  std::size_t room_;
  std::size_t left_out_ = 0;
  nlohmann::json spans_ = nlohmann::json::array();
};

/// The fields of a form body, each with its secrets apart, without the "&" between them.
[[nodiscard]] std::vector<WireText> split_form(const WireText& body);

/// Whose a form field is: "owner" for what the person gave, "client", "issued", or nobody's.
[[nodiscard]] std::string_view kind_of_field(const WireText& field);

}  // namespace bbgrant::app

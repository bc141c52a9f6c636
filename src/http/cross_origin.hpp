// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.hpp"
#include "http/router.hpp"

namespace bbgrant::http {

/// Lets pages of named origins read the answers of routes that allow it (CORS, the Fetch standard
/// section 3.2); without a list, none. Credentials of the browser are never allowed, and the origin
/// `null` never matches (S81). Thread-safe.
class CrossOrigin {
 public:
  explicit CrossOrigin(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  /// Adds what lets the page of the request read this answer.
  /// @param route  null where there was none.
  void complete(const Request& request, const Router::Route* route, Response& response) const;

  /// The answer to a browser that asks before it sends; nothing when the request is something else
  /// or not admitted.
  [[nodiscard]] std::optional<Response> preflight(const Request& request,
                                                  const Router& router) const;

 private:
  [[nodiscard]] std::optional<std::string_view> admitted(const Request& request) const;

  std::vector<std::string> origins_;
};

}  // namespace bbgrant::http

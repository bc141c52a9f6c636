// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "authorization/page_sessions.hpp"
#include "authorization/scopes.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// Where a person goes on after signing in. A name, never a URL (S91).
struct ReturnTo {
  std::string ticket;     ///< of an authorization request, or
  std::string workspace;  ///< whose settings they want to see

  [[nodiscard]] static ReturnTo read(const http::Form& form);
  [[nodiscard]] std::string path() const;
};

/// What every page of an account has: title, server, form token, where it goes on.
[[nodiscard]] nlohmann::json account_view(const http::Request& request, std::string_view title,
                                          const Visit& visit, const ReturnTo& next);

/// Who asks, for what, and where the answer goes.
[[nodiscard]] nlohmann::json asks_view(const store::Consumer& consumer, const ScopeSet& scopes,
                                       std::string_view redirect_uri);

/// A page that says what went wrong and what to do; for things that no form can mend.
[[nodiscard]] http::Response account_notice(const http::Request& request, int status,
                                            std::string_view heading,
                                            const std::vector<std::string>& paragraphs);

}  // namespace bbgrant::authorization

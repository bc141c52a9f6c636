// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/running_sandbox.hpp"

namespace bbgrant::sandbox::testing {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// The callback of the consumers "app" and "app-today".
inline constexpr const char* kCallback = "http://localhost:3000/oauth-callback";

/// A browser without JavaScript: keeps cookies, fills in the forms of the last page.
class PageVisitor {
 public:
  explicit PageVisitor(RunningSandbox& server) : server_(server) {}

  /// Fetches a page of the sandbox, follows redirects within it, and keeps it as the last page.
  const RawAnswer& open(const std::string& path);
  /// Sends the last page's form with this action, with its hidden fields and these.
  const RawAnswer& submit(std::string_view action, Fields fields);
  /// POSTs these fields and nothing else; the last page stays.
  RawAnswer post(const std::string& path, const Fields& fields, std::string_view headers = {});
  /// The hidden fields of the last page's first form with this action.
  [[nodiscard]] Fields hidden(std::string_view action) const;
  /// Where the last page's consent form goes.
  [[nodiscard]] std::string consent_action() const;

  /// authorize?client_id=app&response_type=code, and these.
  const RawAnswer& authorize(const Fields& fields = {});
  /// Types name and password into the sign-in page.
  const RawAnswer& sign_in(const std::string& name);
  /// The consent page's button, with boxes as they are ticked at first or as given.
  const RawAnswer& decide(std::string_view decision, Fields scopes);
  /// authorize, sign-in unless done, Allow; the code of the redirect, and everything else in it.
  std::map<std::string, std::string> allow(const Fields& fields = {});

  [[nodiscard]] const RawAnswer& page() const { return page_; }
  std::string cookie;  ///< "name=value"

 private:
  void remember(const RawAnswer& answer);
  RunningSandbox& server_;
  RawAnswer page_;
};

/// The parameters of a Location, of its query or (with '#') its fragment, decoded.
[[nodiscard]] std::map<std::string, std::string> parameters_of(const RawAnswer& answer,
                                                               char mark = '?');

}  // namespace bbgrant::sandbox::testing

// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <regex>
#include <string>
#include <utility>

#include "sandbox/page_visitor.hpp"
#include "sandbox/running_control.hpp"

namespace bbgrant::sandbox::testing {

inline const std::string kHome = "/acme/workspace/settings/api";
inline const std::string kNew = kHome + "/new";

inline std::string path_of(const std::string& key, const std::string& more = {}) {
  return kHome + "/consumer/" + key + more;
}

/// What stands in <code data-NAME>; empty when it is not there.
inline std::string shown(const RawAnswer& page, const std::string& name) {
  std::smatch found;
  const bool there =
      std::regex_search(page.body, found, std::regex{"<code data-" + name + ">([^<]*)</code>"});
  return there ? found[1].str() : std::string{};
}

/// alice at the settings page of acme's consumers.
class ConsumerSettings : public Controlled {
 protected:
  void SetUp() override {
    visitor.open(kHome);
    visitor.sign_in("alice");
  }

  /// Adds a consumer, whose page is then the last page. @returns its key.
  std::string add(Fields fields = {{"name", "Mine"},
                                   {"callback_url", "http://localhost:4000/cb"},
                                   {"private", "on"},
                                   {"permission", "account"}}) {
    visitor.open(kNew);
    Fields all = std::move(fields);
    if (!std::ranges::any_of(all, [](const auto& field) { return field.first == "profile"; })) {
      all.emplace_back("profile", "2019");
    }
    visitor.submit(kNew, std::move(all));
    return shown(visitor.page(), "key");
  }
  /// The status of a token request as this consumer.
  int grant(const std::string& key, const std::string& secret,
            const std::string& form = "grant_type=client_credentials") {
    return server
        .send("POST /site/oauth2/access_token",
              "Content-Type: application/x-www-form-urlencoded\r\n",
              form + "&client_id=" + key + "&client_secret=" + secret)
        .status;
  }
  nlohmann::json record(const std::string& key) { return json("GET /_sandbox/consumers/" + key); }
  std::size_t count() { return json("GET /_sandbox/consumers").at("size"); }

  PageVisitor visitor{server};
};

}  // namespace bbgrant::sandbox::testing

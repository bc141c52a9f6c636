// SPDX-License-Identifier: MIT
#include "pages/page.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "pages/asset.hpp"
#include "pages/embedded_files.hpp"
#include "pages/render.hpp"

namespace bbgrant::pages {

namespace {

const nlohmann::json& asset_paths() {
  static const nlohmann::json paths = [] {
    nlohmann::json all = nlohmann::json::object();
    for (const EmbeddedFile& file : embedded_assets()) {
      std::string key{file.name};
      std::replace(key.begin(), key.end(), '.', '_');
      all[key] = asset_path(file.name);
    }
    return all;
  }();
  return paths;
}

}  // namespace

std::string content_security_policy(std::string_view form_action) {
  std::string policy =
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
      "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
      "form-action 'self'";
  if (!form_action.empty()) {
    policy += ' ';
    policy += form_action;
  }
  return policy;
}

http::Response page(int status, std::string_view name, const nlohmann::json& data) {
  nlohmann::json with_assets = data;
  with_assets["assets"] = asset_paths();
  http::Response response = http::Response::html(status, render(name, with_assets));
  response.headers.set("Content-Security-Policy", content_security_policy());
  response.headers.set("X-Frame-Options", "DENY");
  response.headers.set("Cache-Control", "no-store");
  // Not "no-referrer": with that, browsers send "Origin: null" with our own forms, and the check of
  // where a form came from (S47) would have nothing to look at.
  response.headers.set("Referrer-Policy", "same-origin");
  return response;
}

}  // namespace bbgrant::pages

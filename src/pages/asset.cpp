// SPDX-License-Identifier: MIT
#include "pages/asset.hpp"

#include <stdexcept>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"
#include "http/router.hpp"
#include "pages/embedded_files.hpp"

namespace bbgrant::pages {

namespace {

std::string_view content_type(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml; charset=utf-8";
  throw std::out_of_range("no content type for this kind of asset");
}

std::string path_of(const EmbeddedFile& file) {
  const std::size_t dot = file.name.rfind('.');
  std::string path = "/assets/";
  path += file.name.substr(0, dot);
  path += '.';
  path += file.hash;
  path += file.name.substr(dot);
  return path;
}

}  // namespace

std::string asset_path(std::string_view name) {
  for (const EmbeddedFile& file : embedded_assets()) {
    if (file.name == name) return path_of(file);
  }
  throw std::out_of_range("no such asset");
}

void add_asset_routes(http::Router& router) {
  for (const EmbeddedFile& file : embedded_assets()) {
    // The files live as long as the program, so the handler may keep views of them.
    router.add(http::Method::kGet, path_of(file),
               [text = file.text, type = content_type(file.name)](
                   http::Request&) -> boost::asio::awaitable<http::Response> {
                 http::Response response;
                 response.headers.set("Content-Type", type);
                 response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
                 response.body = text;
                 co_return response;
               });
  }
}

}  // namespace bbgrant::pages

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

/// Whether the browser takes that coding: named, and not with a weight of zero (RFC 9110 12.5.3).
bool accepts(const http::Headers& headers, std::string_view coding) {
  const std::string_view list = headers.find("Accept-Encoding").value_or(std::string_view{});
  for (std::size_t at = list.find(coding); at != std::string_view::npos;
       at = list.find(coding, at + 1)) {
    const std::string_view rest = list.substr(at + coding.size());
    const bool starts = at == 0 || list[at - 1] == ' ' || list[at - 1] == ',';
    const bool ends = rest.empty() || rest[0] == ',' || rest[0] == ';' || rest[0] == ' ';
    if (starts && ends) {
      const std::string_view weight = rest.substr(0, rest.find(','));
      return weight.find("q=0") == std::string_view::npos ||
             weight.find_first_of("123456789") != std::string_view::npos;
    }
  }
  return false;
}

http::Response asset(const EmbeddedFile& file, std::string_view type,
                     const http::Headers& headers) {
  http::Response response;
  response.headers.set("Content-Type", type);
  response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.set("Vary", "Accept-Encoding");
  response.body = file.text;
  for (const auto& [coding, bytes] : {std::pair{"br", file.brotli}, std::pair{"gzip", file.gzip}}) {
    if (bytes.empty() || !accepts(headers, coding)) continue;
    response.headers.set("Content-Encoding", coding);
    response.body = bytes;
    break;
  }
  return response;
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
    // The files live as long as the program, so the handler may keep a reference.
    router.add(http::Method::kGet, path_of(file),
               [&file, type = content_type(file.name)](
                   http::Request& request) -> boost::asio::awaitable<http::Response> {
                 co_return asset(file, type, request.headers);
               });
  }
}

}  // namespace bbgrant::pages

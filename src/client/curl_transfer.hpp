// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <bbgrant/secret.hpp>
#include <bbgrant/transport.hpp>
#include <curl/curl.h>

#include "client/url.hpp"

namespace bbgrant::detail {

/// One request and its answer on a libcurl handle. Lives as long as the transfer; the handle keeps
/// pointers into it. One thread.
class CurlTransfer {
 public:
  CurlTransfer(CURL* easy, const HttpRequest& request, const CurlOptions& options);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  /// The answer of a transfer that ended with `code`.
  /// @throws TransportError it did not end well.
  [[nodiscard]] HttpResponse finish(CURLcode code);
  /// @throws TransportError of kind kCancelled, always.
  [[noreturn]] void cancelled() const;

 private:
  void configure_connection(const CurlOptions& options);
  void configure_request();
  void configure_headers();
  [[nodiscard]] WireMessage sent_head() const;
  [[noreturn]] void fail(CURLcode code) const;

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_debug(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self);
  void take_header_line(std::string_view line);

  CURL* easy_;
  const HttpRequest& request_;
  Url url_;
  curl_slist* headers_ = nullptr;
  Secret body_;       // what is sent; libcurl reads it in place
  Secret sent_head_;  // what was sent, with the credentials in it
  bool sent_ = false;
  bool too_large_ = false;
  std::size_t head_bytes_ = 0;
  HttpResponse response_;
  char error_text_[CURL_ERROR_SIZE] = {};
};

}  // namespace bbgrant::detail

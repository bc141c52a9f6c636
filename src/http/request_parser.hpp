// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>

#include <boost/beast/http/basic_parser.hpp>

#include "http/message.hpp"
#include "http/server.hpp"

namespace bbgrant::http {

/// Beast's parser, writing straight into a Request and counting against our limits (S54), which are
/// all set here and none left to the library. Internal to this room.
///
/// The body goes into one buffer that is not grown, so no copy of it stays behind (S14). Trailers
/// are parsed and dropped.
class RequestParser : public boost::beast::http::basic_parser<true> {
 public:
  /// Both must outlive the parser.
  RequestParser(const Limits& limits, Request& request);

  /// Sets the limit of the body; before its first byte is put.
  void limit_body(std::size_t bytes);

  /// What an error of put() means for the client.
  /// @param unread  what put() has not consumed, to tell a long target from long headers.
  [[nodiscard]] ErrorReason reason(const boost::beast::error_code& error,
                                   std::string_view unread) const;

  /// As received.
  [[nodiscard]] const std::string& target() const noexcept { return target_; }

  /// Framing that Beast lets through and RFC 9112 does not (S53): no or two hosts, a
  /// Transfer-Encoding other than "chunked", HTTP/1.0 with one, a repeated Content-Length.
  [[nodiscard]] bool is_smuggled() const;

  /// HTTP/1.0.
  [[nodiscard]] bool is_old_version() const noexcept { return version_ < 11; }

  /// Whether put() may take more than this at a time without its own limit ending it.
  [[nodiscard]] static std::size_t header_limit(const Limits& limits);

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target,
                       int version, error_code& error) override;
  void on_response_impl(int, string_view, int, error_code&) override;
  void on_field_impl(boost::beast::http::field, string_view name, string_view value,
                     error_code& error) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) override;
  std::size_t on_body_impl(string_view bytes, error_code& error) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& error) override;
  void on_finish_impl(error_code& error) override;

  const Limits& limits_;
  Request& request_;
  std::string target_;
  std::optional<ErrorReason> refused_;
  std::size_t header_bytes_ = 0;
  std::size_t max_body_ = 0;
  int version_ = 11;
  bool header_done_ = false;
};

}  // namespace bbgrant::http

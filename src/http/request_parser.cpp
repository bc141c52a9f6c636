// SPDX-License-Identifier: MIT
#include "http/request_parser.hpp"

#include <algorithm>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace bbgrant::http {

namespace beast_http = boost::beast::http;

namespace {

// Room for the method, the version and the blanks of the request line.
constexpr std::size_t kRequestLineSlack = 64;

bool is_chunked(std::string_view value) {
  constexpr std::string_view kChunked = "chunked";
  return boost::beast::iequals({value.data(), value.size()}, {kChunked.data(), kChunked.size()});
}

}  // namespace

RequestParser::RequestParser(const Limits& limits, Request& request)
    : limits_(limits), request_(request) {
  basic_parser::header_limit(static_cast<std::uint32_t>(header_limit(limits)));
  body_limit(boost::none);  // by route, see limit_body()
}

std::size_t RequestParser::header_limit(const Limits& limits) {
  return limits.max_target + limits.max_headers + kRequestLineSlack;
}

void RequestParser::limit_body(std::size_t bytes) {
  max_body_ = bytes;
  body_limit(bytes);
  eager(true);
}

ErrorReason RequestParser::reason(const boost::beast::error_code& error,
                                  std::string_view unread) const {
  if (refused_) return *refused_;
  if (error == beast_http::error::body_limit) return ErrorReason::kBodyTooLarge;
  if (error == beast_http::error::header_limit) {
    const bool in_request_line = target_.empty() && unread.find('\n') == std::string_view::npos;
    return in_request_line ? ErrorReason::kTargetTooLong : ErrorReason::kHeadersTooLarge;
  }
  return ErrorReason::kBadRequest;
}

bool RequestParser::is_smuggled() const {
  if (request_.headers.all("Host").size() != 1) return true;
  const auto encodings = request_.headers.all("Transfer-Encoding");
  if (!encodings.empty()) {
    if (version_ < 11 || encodings.size() != 1 || !is_chunked(encodings.front())) return true;
  }
  const auto lengths = request_.headers.all("Content-Length");
  if (lengths.empty()) return false;
  return lengths.size() != 1 || !encodings.empty() ||
         lengths.front().find_first_not_of("0123456789") != std::string_view::npos;
}

void RequestParser::on_request_impl(beast_http::verb, string_view method, string_view target,
                                    int version, error_code& error) {
  version_ = version;
  request_.method_name.assign(method.data(), method.size());
  request_.method = http::parse_method(request_.method_name);
  target_.assign(target.data(), target.size());
  if (target.size() > limits_.max_target) {
    refused_ = ErrorReason::kTargetTooLong;
    error = beast_http::error::header_limit;
  }
}

void RequestParser::on_response_impl(int, string_view, int, error_code&) {}

void RequestParser::on_field_impl(beast_http::field, string_view name, string_view value,
                                  error_code& error) {
  constexpr std::size_t kColonAndLineEnd = 4;
  header_bytes_ += name.size() + value.size() + kColonAndLineEnd;
  if (header_bytes_ > limits_.max_headers || request_.headers.size() >= limits_.max_fields) {
    refused_ = ErrorReason::kHeadersTooLarge;
    error = beast_http::error::header_limit;
    return;
  }
  if (header_done_) return;  // a trailer must not pass for a header
  try {
    request_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  } catch (const HeaderError&) {
    error = beast_http::error::bad_value;
  }
}

void RequestParser::on_header_impl(error_code&) { header_done_ = true; }

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  const std::size_t size =
      length ? static_cast<std::size_t>(std::min<std::uint64_t>(*length, max_body_)) : max_body_;
  request_.body.reserve(size);
}

std::size_t RequestParser::on_body_impl(string_view bytes, error_code&) {
  request_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t, string_view, error_code&) {}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) {
  request_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

void RequestParser::on_finish_impl(error_code&) {}

}  // namespace bbgrant::http

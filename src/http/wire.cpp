// SPDX-License-Identifier: MIT
#include "http/wire.hpp"

#include <array>
#include <charconv>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace bbgrant::http {
namespace {

struct DefaultHeader {
  std::string_view name;
  std::string_view value;
};

// S90. A handler that sets one of these itself keeps its own.
constexpr std::array kSecurityHeaders{
    DefaultHeader{"X-Content-Type-Options", "nosniff"},
    DefaultHeader{"Referrer-Policy", "no-referrer"},
    DefaultHeader{"Cross-Origin-Opener-Policy", "same-origin"},
    DefaultHeader{"Cross-Origin-Resource-Policy", "same-origin"},
    DefaultHeader{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"},
};

bool is_loopback_name(std::string_view host) {
  return host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
}

void add_unless_set(Headers& headers, std::string_view name, std::string_view value) {
  if (!headers.has(name)) headers.add(name, value);
}

void write_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void write_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// RFC 9110 section 8.6: neither 1xx nor 204 has a Content-Length.
bool has_length(int status) { return status >= 200 && status != 204; }

}  // namespace

std::string_view phrase_of(int status) noexcept {
  const auto phrase = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  return {phrase.data(), phrase.size()};
}

std::string format_date(std::chrono::sys_seconds time) {
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday{day}.c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

void complete_headers(Response& response, const Headers& extra_headers, bool secure,
                      std::string_view host) {
  // What frames the message is the server's alone.
  for (const std::string_view name :
       {"Content-Length", "Transfer-Encoding", "Connection", "Date"}) {
    if (response.headers.has(name)) response.headers.remove(name);
  }
  for (const HeaderField& extra : extra_headers) {
    add_unless_set(response.headers, extra.name, extra.value);
  }
  for (const DefaultHeader& header : kSecurityHeaders) {
    add_unless_set(response.headers, header.name, header.value);
  }
  // S90: under TLS only, and never for a loopback name, which other programs share.
  if (secure && !host.empty() && !is_loopback_name(host)) {
    add_unless_set(response.headers, "Strict-Transport-Security", "max-age=31536000");
  }
}

void write_head(std::string& out, const Response& response, const HeadOptions& options) {
  out.append("HTTP/1.1 ");
  write_number(out, static_cast<std::size_t>(response.status));
  out.append(" ").append(phrase_of(response.status)).append("\r\n");
  write_field(out, "Date", options.date);
  for (const HeaderField& field : response.headers) write_field(out, field.name, field.value);
  if (has_length(response.status)) {
    out.append("Content-Length: ");
    write_number(out, response.body.size());
    out.append("\r\n");
  }
  if (options.connection == ConnectionHeader::kClose) write_field(out, "Connection", "close");
  if (options.connection == ConnectionHeader::kKeepAlive) {
    write_field(out, "Connection", "keep-alive");
  }
  out.append("\r\n");
}

}  // namespace bbgrant::http

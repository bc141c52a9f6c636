// SPDX-License-Identifier: MIT
#include <chrono>
#include <ctime>
#include <optional>
#include <string>

#include "base/document.hpp"
#include "sandbox/control/control.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::json;
using std::chrono::sys_seconds;

constexpr std::int64_t kFarthest = 100LL * 366 * 24 * 3600;

// RFC 3339 section 5.6; a fraction is read and dropped, since the clock counts whole seconds.
std::optional<sys_seconds> parse_time(const std::string& text) {
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  const auto local = ::timegm(&parts);
  if (*rest == '.') {
    do ++rest;
    while (*rest >= '0' && *rest <= '9');
  }
  std::tm zone{};
  const char* end = ::strptime(rest, "%z", &zone);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return sys_seconds{std::chrono::seconds{local - zone.tm_gmtoff}};
}

}  // namespace

void add_clock_calls(Calls& calls, base::MovableClock& clock) {
  const std::string path = "/_sandbox/clock";
  const auto show = [&clock] { return answer(200, {{"now", base::format_time(clock.now())}}); };
  calls.add(
      http::Method::kGet, path, "",
      [show](http::Request&, json) -> boost::asio::awaitable<http::Response> { co_return show(); });
  calls.add(http::Method::kPut, path, "now, or advance_seconds",
            [show, &clock](http::Request&, json body) -> boost::asio::awaitable<http::Response> {
              base::Fields fields{body};
              const auto now = fields.text("now");
              const auto advance = fields.number("advance_seconds", 0, kFarthest);
              fields.finish();
              if (now.has_value() == advance.has_value()) {
                throw base::DocumentError({}, "expected now or advance_seconds");
              }
              if (advance) {
                clock.advance(std::chrono::seconds{*advance});
                co_return show();
              }
              const auto time = parse_time(*now);
              if (!time || time->time_since_epoch().count() < 0) {
                fields.refuse("now", "expected a time of RFC 3339, such as 2030-01-02T03:04:05Z");
              }
              clock.set(*time);
              co_return show();
            });
}

}  // namespace bbgrant::sandbox

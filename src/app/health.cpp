// SPDX-License-Identifier: MIT
#include "app/health.hpp"

#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/server_calls.hpp"
#include "app/url_parts.hpp"
#include "base/clock.hpp"

namespace bbgrant::app {

namespace {

constexpr std::chrono::seconds kPause{1};
constexpr std::chrono::milliseconds kPatience{900};

std::string time_text(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace

Health::Health(std::string health_url, std::string version, const ServerCalls& calls,
               const base::Clock& clock, std::string ca_file)
    : any_answer_(health_url.empty()),
      url_(any_answer_ ? calls.server().token_url : std::move(health_url)),
      version_(std::move(version)),
      calls_(calls),
      clock_(clock),
      started_(clock.monotonic()),
      transport_(curl_transport({.connect_timeout = kPatience, .ca_file = std::move(ca_file)})) {
  if (!is_loopback(url_)) url_.clear();
}

Health::~Health() { stop(); }

void Health::start() {
  started_ = clock_.monotonic();
  if (url_.empty()) return;
  Look first = look({});
  {
    const std::lock_guard lock{mutex_};
    last_ = std::move(first);
  }
  thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void Health::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

Health::Look Health::look(std::stop_token stop) const {
  const auto begun = std::chrono::steady_clock::now();
  Look result{.trouble = {}, .when = clock_.now()};
  try {
    const HttpResponse response = transport_->send({.method = "GET",
                                                    .url = url_,
                                                    .timeout = kPatience,
                                                    .body_limit = std::size_t{64} * 1024,
                                                    .may_resend = true,
                                                    .stop = std::move(stop)});
    if (response.status >= (any_answer_ ? 500 : 400)) {
      result.trouble = fmt::format("{} answered {}", url_, response.status);
    }
  } catch (const Error& error) {
    result.trouble = error.what();
  }
  result.took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begun);
  return result;
}

void Health::run(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  // The condition is never set by anybody: the wait ends with the pause, or with the stop.
  while (!stop.stop_requested()) {
    wake_.wait_for(lock, stop, kPause, [] { return false; });
    if (stop.stop_requested()) return;
    lock.unlock();
    Look result = look(stop);
    lock.lock();
    if (!stop.stop_requested()) last_ = std::move(result);
  }
}

http::Response Health::answer() const {
  std::optional<Look> last;
  {
    const std::lock_guard lock{mutex_};
    last = last_;
  }
  nlohmann::ordered_json check{{"componentType", "component"}};
  std::string trouble;
  if (!url_.empty()) {
    if (last) {
      trouble = last->trouble;
      check["observedValue"] = static_cast<double>(last->took.count()) / 1000.0;
      check["observedUnit"] = "ms";
      check["time"] = time_text(last->when);
    }
  } else {
    const auto last_call = calls_.last_trouble();
    trouble = last_call.value_or(std::string{});
    check["judgedBy"] = last_call ? "the last real call" : "no call was made yet";
  }
  check["status"] = trouble.empty() ? "pass" : "fail";
  if (!trouble.empty()) check["output"] = trouble;
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.monotonic() - started_);
  nlohmann::ordered_json body{{"status", trouble.empty() ? "pass" : "fail"},
                              {"version", version_},
                              {"uptime", uptime.count()}};
  if (!trouble.empty()) body["output"] = "authorization-server: " + trouble;
  body["checks"]["authorization-server:responseTime"] = nlohmann::ordered_json::array({check});
  http::Response response;
  response.status = trouble.empty() ? 200 : 503;
  response.headers.set("Content-Type", "application/health+json");
  response.headers.set("Cache-Control", "no-store");
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

}  // namespace bbgrant::app

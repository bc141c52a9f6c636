// SPDX-License-Identifier: MIT
#include "sandbox/health.hpp"

#include <nlohmann/json.hpp>

#include "bbgrant/version.hpp"

namespace bbgrant::sandbox {

Health::Health(store::Store& store, const base::Clock& clock)
    : store_(store), clock_(clock), started_(clock.monotonic()) {}

boost::asio::awaitable<http::Response> Health::answer(http::Request&) {
  const auto fault = co_await store_.health();
  const bool store_answers = !fault.has_value();
  const char* status = store_answers ? "pass" : "fail";
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.monotonic() - started_);
  const nlohmann::ordered_json body{
      {"status", status},
      {"version", kVersion},
      {"uptime", uptime.count()},
      {"checks", {{"store", nlohmann::ordered_json::array({{{"status", status}}})}}}};
  auto response = http::Response::json(store_answers ? 200 : 503, body.dump());
  response.headers.set("Content-Type", "application/health+json");
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

}  // namespace bbgrant::sandbox

// SPDX-License-Identifier: MIT
#include "sandbox/control/control.hpp"

#include <fstream>
#include <iterator>
#include <utility>

#include "base/document.hpp"
#include "base/start_error.hpp"
#include "bbgrant/version.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t kShortestBearer = 16;

authorization::Hash read_bearer(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (!file || text.size() < kShortestBearer) {
    throw base::StartError("--control-token-file " + path +
                           ": expected a readable file with 16 characters or more");
  }
  const auto hash = authorization::hash_of(text);
  ::explicit_bzero(text.data(), text.size());
  return hash;
}

bool is_ours(const http::Request& request) {
  return !request.segments.empty() && request.segments.front() == "_sandbox";
}

std::string kind_of(const std::string& store) {
  return store.empty() ? "sqlite" : store.substr(0, store.find(':'));
}

}  // namespace

Control::Control(const Options& options, Of of)
    : of_(of),
      any_store_(options.control_any_store || options.store == "memory"),
      profile_(options.compat),
      store_name_(kind_of(options.store)),
      registry_(of.store, of.workshop, of.log),
      requests_(of.clock),
      approvals_(of.store) {
  if (!options.control_token_file.empty()) door_.bearer = read_bearer(options.control_token_file);
  // What is in memory was put there by this sandbox and goes with it.
  if (!any_store_) door_.demo_alone = &of.store;
}

void Control::set_seed(SeedPlan plan) {
  const std::lock_guard lock{mutex_};
  seed_ = std::make_shared<const SeedPlan>(std::move(plan));
}

void Control::add_routes(http::Router& router) {
  auto& calls = calls_.emplace(router, door_);
  calls.add(http::Method::kGet, "/_sandbox", "",
            [this](http::Request&, json) -> boost::asio::awaitable<http::Response> {
              co_return answer(200, {{"version", kVersion},
                                     {"profile", profile_},
                                     {"store", store_name_},
                                     {"time", base::format_time(of_.clock.now())},
                                     {"calls", calls_->list()}});
            });
  add_seed_calls(calls);
  add_clock_calls(calls, of_.clock);
  faults_.add_calls(calls);
  requests_.add_calls(calls);
  add_token_calls(calls, of_);
  approvals_.add_calls(calls);
  add_user_calls(calls, registry_);
  add_consumer_calls(calls, registry_);
}

http::Bend Control::before(const http::Request& request) {
  if (is_ours(request)) return {};
  requests_.record(request);
  return faults_.take(request);
}

void Control::after(const http::Request& request, const http::Response& response) {
  if (!is_ours(request)) requests_.complete(request, response.status);
}

}  // namespace bbgrant::sandbox

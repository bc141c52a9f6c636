// SPDX-License-Identifier: MIT
#include <chrono>
#include <utility>

#include "base/document.hpp"
#include "sandbox/control/control.hpp"

namespace bbgrant::sandbox {

using nlohmann::json;

void Control::add_seed_calls(Calls& calls) {
  calls.add(http::Method::kPost, "/_sandbox/reset", "",
            [this](http::Request&, json body) { return reset(std::move(body)); });
  calls.add(http::Method::kPost, "/_sandbox/seed",
            "users, workspaces, members, repositories, consumers: docs/seed.schema.json",
            [this](http::Request&, json body) -> boost::asio::awaitable<http::Response> {
              nlohmann::ordered_json added = nlohmann::ordered_json::object();
              for (const auto& [name, list] : body.items()) {
                if (list.is_array()) added[name] = list.size();
              }
              co_await registry_.add_seed(std::move(body));
              co_return answer(201, {{"added", std::move(added)}});
            });
}

// Everything that a test could have left behind.
boost::asio::awaitable<http::Response> Control::reset(json body) {
  base::Fields{body}.finish();
  std::shared_ptr<const SeedPlan> seed;
  {
    const std::lock_guard lock{mutex_};
    seed = seed_;
  }
  if (!co_await seed->reset(of_.store, !any_store_)) {
    co_return problem(409, "this store holds accounts or consumers that came from no seed");
  }
  of_.authorization.throttle().clear();
  faults_.clear();
  approvals_.clear();
  requests_.clear();
  of_.clock.set(base::SystemClock{}.now());
  co_return http::Response::no_content();
}

}  // namespace bbgrant::sandbox

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "authorization/authorization_server.hpp"
#include "base/clock.hpp"
#include "http/router.hpp"
#include "http/tap.hpp"
#include "sandbox/control/approvals.hpp"
#include "sandbox/control/calls.hpp"
#include "sandbox/control/faults.hpp"
#include "sandbox/control/requests.hpp"
#include "sandbox/options.hpp"
#include "sandbox/registry.hpp"

namespace bbgrant::sandbox {

/// The control interface under /_sandbox, for test suites in any language (docs/sandbox.md). Each
/// group of calls has a file of its own. Outlives the server; thread-safe.
class Control : public http::Tap {
 public:
  struct Of {
    store::Store& store;
    authorization::AuthorizationServer& authorization;
    base::MovableClock& clock;
    Workshop workshop;
    base::Log& log;
  };

  /// @throws base::StartError when the options must not have it (S61).
  Control(const Options& options, Of of);

  void add_routes(http::Router& router);

  /// What a reset goes back to.
  void set_seed(SeedPlan plan);

  [[nodiscard]] authorization::Approver& approver() noexcept { return approvals_; }

  [[nodiscard]] http::Bend before(const http::Request& request) override;
  void after(const http::Request& request, const http::Response& response) override;

 private:
  [[nodiscard]] boost::asio::awaitable<http::Response> reset(nlohmann::json body);
  void add_seed_calls(Calls& calls);

  Of of_;
  bool any_store_;
  std::string profile_;
  std::string store_name_;
  Calls::Door door_;
  Registry registry_;
  Faults faults_;
  Requests requests_;
  Approvals approvals_;
  std::optional<Calls> calls_;
  std::mutex mutex_;
  std::shared_ptr<const SeedPlan> seed_;
};

// The groups of calls that keep nothing of their own.

void add_clock_calls(Calls& calls, base::MovableClock& clock);
void add_token_calls(Calls& calls, const Control::Of& of);
void add_user_calls(Calls& calls, Registry& registry);
void add_consumer_calls(Calls& calls, Registry& registry);

}  // namespace bbgrant::sandbox

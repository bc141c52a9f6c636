// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

/// GET /healthcheck. Ours: balancers, containers and `bbgrant healthcheck` need it. 200 and "pass",
/// or 503 and "fail" when the store does not answer. application/health+json.
class Health {
 public:
  Health(store::Store& store, const base::Clock& clock);

  [[nodiscard]] boost::asio::awaitable<http::Response> answer(http::Request& request);

 private:
  store::Store& store_;
  const base::Clock& clock_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace bbgrant::sandbox

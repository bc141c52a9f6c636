// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>

#include "authorization/approver.hpp"
#include "sandbox/control/calls.hpp"

namespace bbgrant::sandbox {

/// Answers of named users to the authorization requests that come next, without a browser.
/// Thread-safe.
class Approvals : public authorization::Approver {
 public:
  /// @param store  outlives this.
  explicit Approvals(store::Store& store) : store_(store) {}

  void add_calls(Calls& calls);

  [[nodiscard]] std::optional<authorization::Approval> decide(
      const authorization::AuthorizationAsked& asked) override;
  void clear();

 private:
  struct Answer {
    authorization::Approval approval;
    std::int64_t times;
  };
  [[nodiscard]] boost::asio::awaitable<http::Response> add(nlohmann::json body);

  store::Store& store_;
  std::mutex mutex_;
  std::deque<Answer> answers_;
};

}  // namespace bbgrant::sandbox

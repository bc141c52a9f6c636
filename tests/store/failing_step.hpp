// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "store/error.hpp"
#include "store/sqlite/connection.hpp"

namespace bbgrant::store::testing {

/// Fails at the step of a write with a given number; begin, statements and commit are counted,
/// rollbacks have a switch of their own. Used while no call runs, or on the writer's thread.
struct FailingStep {
  int fail_at = -1;
  bool fail_rollback = false;
  int steps = 0;

  [[nodiscard]] sqlite::StepHook hook() {
    return [this](std::string_view step) {
      if (step == "rollback") {
        if (fail_rollback) throw StoreError{StoreError::Kind::kUnavailable, "injected at rollback"};
        return;
      }
      if (steps++ == fail_at) {
        throw StoreError{StoreError::Kind::kUnavailable, "injected at a step"};
      }
    };
  }
};

}  // namespace bbgrant::store::testing

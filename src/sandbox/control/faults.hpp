// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "http/tap.hpp"
#include "sandbox/control/calls.hpp"

namespace bbgrant::sandbox {

/// What is to go wrong for the next requests that match. Thread-safe.
class Faults {
 public:
  void add_calls(Calls& calls);

  /// How to bend this request; counts it off the first fault that matches.
  [[nodiscard]] http::Bend take(const http::Request& request);
  void clear();

 private:
  struct Fault {
    std::string method;  // empty: any
    std::string path;    // a glob
    std::int64_t times = 1;
    http::Bend bend;
    nlohmann::ordered_json shown;
  };
  [[nodiscard]] static Fault read(nlohmann::json& body);
  [[nodiscard]] nlohmann::ordered_json list() const;

  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
};

}  // namespace bbgrant::sandbox

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "http/message.hpp"
#include "sandbox/control/calls.hpp"

namespace bbgrant::sandbox {

/// The requests that came, for tests that ask what their client sent. Bounded: the oldest go first.
/// Secrets are masked as they are recorded, never kept. Thread-safe.
class Requests {
 public:
  /// The clock outlives this.
  explicit Requests(const base::Clock& clock) : clock_(clock) {}

  void add_calls(Calls& calls);

  void record(const http::Request& request);
  void complete(const http::Request& request, int status);
  void clear();

 private:
  struct Entry {
    std::string id;
    std::string method;
    std::string path;
    int status = 0;  // 0 while it is not answered
    std::size_t bytes = 0;
    nlohmann::ordered_json shown;
  };
  [[nodiscard]] http::Response list(const http::Request& request) const;

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
};

/// A form or a query as it was sent, but for the values of secrets, which are "***". For JSON the
/// same by its members' names. Nothing where it is neither: a file, say.
[[nodiscard]] std::string masked_form(std::string_view text);
[[nodiscard]] std::optional<std::string> masked_body(const http::Request& request);

}  // namespace bbgrant::sandbox

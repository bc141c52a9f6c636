// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

#include "http/message.hpp"

namespace bbgrant::http {

/// How one exchange is bent, for people who test how their client bears it.
struct Bend {
  /// Waited before the answer is made; the client may give up meanwhile.
  std::chrono::milliseconds delay{0};
  /// Sent in place of the handler's answer; the handler does not run.
  std::optional<Response> answer = {};
  /// The handler runs, half of its answer is sent, and the connection ends.
  bool cut = false;
  /// The handler runs, and what is sent of its body breaks off inside a whole HTTP message.
  bool malformed = false;
};

/// Sees each request that has an accepted Host and a readable path, whether or not a route answers
/// it, and each answer to one. A server without a tap pays one comparison a request. Both functions
/// are called on the event loops, by several threads at once; they must not throw or block.
class Tap {
 public:
  Tap() = default;
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;
  virtual ~Tap() = default;

  /// Before the handler. The body is there where a route took it.
  [[nodiscard]] virtual Bend before(const Request& request) = 0;
  /// Before the answer is sent: who has the answer finds what this has done.
  virtual void after(const Request& request, const Response& response) = 0;
};

/// Leaves half of the body, with an end that no JSON has. Internal to this room.
void spoil(Response& response);

}  // namespace bbgrant::http

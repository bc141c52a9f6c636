// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "bbgrant/secret.hpp"
#include "cli/url.hpp"

namespace bbgrant::cli {

/// Waits on loopback for the one callback of an authorization request. RFC 8252 section 7.3.
class LoopbackReceiver {
 public:
  /// @param callback  a loopback URL with http; without a port a free one is taken.
  /// @throws base::StartError when nothing can listen there.
  explicit LoopbackReceiver(const Url& callback);
  ~LoopbackReceiver();
  LoopbackReceiver(const LoopbackReceiver&) = delete;
  LoopbackReceiver& operator=(const LoopbackReceiver&) = delete;

  /// The callback with its port.
  [[nodiscard]] const std::string& redirect_uri() const noexcept;
  /// From now on the first callback with this state is taken, and it alone: what another page of
  /// the browser sends here ends nothing.
  void expect(const Secret& state);
  /// Readable once it came.
  [[nodiscard]] int descriptor() const noexcept;
  /// Its query.
  [[nodiscard]] Secret take();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bbgrant::cli

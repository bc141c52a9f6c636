// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "base/document.hpp"
#include "sandbox/options.hpp"
#include "sandbox/registry.hpp"

namespace bbgrant::sandbox {

/// Opens a store that a sandbox has filled, also while one runs on it, for the commands `bbgrant
/// user` and `bbgrant consumer`. What is added counts as real, not as demo data (S61).
/// Used by one thread.
class Administration {
 public:
  /// Uses the store, data folder and key file of the options.
  /// @throws base::StartError when there is no store, or it or its key cannot be used.
  explicit Administration(const Options& options);
  ~Administration();
  Administration(const Administration&) = delete;
  Administration& operator=(const Administration&) = delete;

  /// Waits for one call: run([&](Registry& registry) { return registry.users(); }).
  /// @throws DocumentError; base::StartError in place of a fault of the store.
  template <class Call>
  auto run(Call call) {
    auto outcome = boost::asio::co_spawn(loop(), call(registry()), boost::asio::use_future);
    std::optional<decltype(outcome.get())> result;
    explain_faults([&] { result.emplace(outcome.get()); });
    return std::move(*result);
  }

 private:
  [[nodiscard]] Registry& registry();
  [[nodiscard]] boost::asio::io_context& loop();
  static void explain_faults(const std::function<void()>& work);

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// What is wrong with a new password, in words for who chose it; nothing when it is good (S70).
[[nodiscard]] std::optional<std::string> fault_of_password(std::string_view password,
                                                           std::string_view nickname);

/// 160 random bits in Base32, for an authenticator app (RFC 4226 section 4).
[[nodiscard]] Secret new_totp_secret();

}  // namespace bbgrant::sandbox

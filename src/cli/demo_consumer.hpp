// SPDX-License-Identifier: MIT
#pragma once

#include "cli/settings.hpp"
#include "sandbox/options.hpp"

namespace bbgrant::cli {

/// The consumer of the settings, or the one that the shipped config.json has, for a sandbox: public
/// on purpose.
/// @throws UsageError half a consumer.
[[nodiscard]] sandbox::DemoConsumer demo_consumer(const Config& config);

/// The same for `consumer2026`, the profile that the page can switch to.
[[nodiscard]] sandbox::DemoConsumer demo_consumer_2026(const Config& config);

}  // namespace bbgrant::cli

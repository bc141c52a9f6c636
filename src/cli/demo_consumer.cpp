// SPDX-License-Identifier: MIT
#include "cli/demo_consumer.hpp"

#include <string_view>

namespace bbgrant::cli {
namespace {

constexpr std::string_view kKey = "bbgrantDemo2019key";
constexpr std::string_view kSecret = "bbgrant-demo-2019-secret-not-for-production";
constexpr std::string_view kKey2026 = "bbgrantDemo2026key";
constexpr std::string_view kSecret2026 = "bbgrant-demo-2026-secret-not-for-production";

}  // namespace

sandbox::DemoConsumer demo_consumer(const Config& config) {
  if (config.consumer_key && config.consumer_secret) {
    return {*config.consumer_key, config.consumer_secret->copy()};
  }
  if (config.consumer_key || config.consumer_secret) {
    throw UsageError{config.consumer_key ? "consumerKey is set, but not consumerSecret: set both"
                                         : "consumerSecret is set, but not consumerKey: set both"};
  }
  return {std::string{kKey}, Secret{kSecret}};
}

sandbox::DemoConsumer demo_consumer_2026(const Config& config) {
  if (config.consumer2026_key && config.consumer2026_secret) {
    return {*config.consumer2026_key, config.consumer2026_secret->copy()};
  }
  return {std::string{kKey2026}, Secret{kSecret2026}};
}

}  // namespace bbgrant::cli

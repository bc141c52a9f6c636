// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sandbox/running_sandbox.hpp"

namespace bbgrant::sandbox::testing {

[[nodiscard]] inline Options control_options() {
  auto options = test_options();
  options.control = true;
  return options;
}

/// A sandbox with its control interface open.
class Controlled : public ::testing::Test {
 protected:
  RawAnswer call(std::string_view line, std::string_view body = {}, std::string_view headers = {}) {
    return server.send(line, headers, body);
  }
  /// The answer's body, which must have come with this status.
  nlohmann::json json(std::string_view line, std::string_view body = {}, int status = 200) {
    const auto answer = call(line, body);
    EXPECT_EQ(answer.status, status) << line << "\n" << answer.body;
    return nlohmann::json::parse(answer.body, nullptr, false);
  }
  /// "nickname: is required": what a 400 says.
  std::string refusal(std::string_view line, std::string_view body, int status = 400) {
    return json(line, body, status).at("error").at("message");
  }

  RunningSandbox server{control_options()};
};

}  // namespace bbgrant::sandbox::testing

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bbgrant::cli {

/// A filter of jq, for --jq. One thread.
class JqFilter {
 public:
  /// @throws UsageError when jq does not understand it.
  explicit JqFilter(const std::string& program);
  ~JqFilter();
  JqFilter(const JqFilter&) = delete;
  JqFilter& operator=(const JqFilter&) = delete;

  /// Each result on a line of its own; strings without quotes.
  /// @param pretty  over several lines.
  /// @throws Failure when the text is no JSON or the filter fails on it.
  [[nodiscard]] std::string run(std::string_view json, bool pretty) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bbgrant::cli

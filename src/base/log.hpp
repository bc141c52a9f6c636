// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "bbgrant/secret.hpp"

namespace bbgrant::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

/// One member of a log line. Views are read during the call only. A Secret does not convert.
class LogValue {
 public:
  LogValue(std::string_view text) : value_(text) {}
  LogValue(const std::string& text) : value_(std::string_view{text}) {}
  LogValue(const char* text) : value_(std::string_view{text}) {}
  LogValue(std::same_as<bool> auto flag) : value_(flag) {}
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  LogValue(Number number) : value_(static_cast<std::int64_t>(number)) {}
  LogValue(double number) : value_(number) {}
  LogValue(const Secret&) = delete;

  [[nodiscard]] const std::variant<std::string_view, bool, std::int64_t, double>& get() const {
    return value_;
  }

 private:
  std::variant<std::string_view, bool, std::int64_t, double> value_;
};

struct LogField {
  std::string_view name;
  LogValue value;
};

using LogFields = std::initializer_list<LogField>;

/// One JSON line an event: time, level, event, then the fields. Values are escaped, invalid UTF-8
/// is replaced, each is cut at 1 KB and a line at 8 KB, so that nobody can forge a line or fill the
/// disk with one (S97). A full disk or a closed stderr is ignored: no call throws.
///
///     log.event("token_issued", {{"user", nickname}, {"expires_in", 7200}});
///
/// Thread-safe.
class Log {
 public:
  /// Takes each line, without its ending newline. Called by one thread at a time.
  using Sink = std::function<void(std::string_view line)>;

  /// Lines to stderr.
  explicit Log(LogLevel level = LogLevel::kInfo);

  /// Lines to `sink`, for tests.
  explicit Log(Sink sink, LogLevel level = LogLevel::kDebug);

  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view event, LogFields fields = {}) noexcept;
  /// Level info.
  void event(std::string_view event, LogFields fields = {}) noexcept;
  void warning(std::string_view event, LogFields fields = {}) noexcept;
  void error(std::string_view event, LogFields fields = {}) noexcept;

  void set_level(LogLevel level) noexcept;

 private:
  void write(LogLevel level, std::string_view event, LogFields fields) noexcept;

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bbgrant::base

// SPDX-License-Identifier: MIT
#include "base/log.hpp"

#include <chrono>
#include <mutex>

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace bbgrant::base {
namespace {

constexpr std::size_t kMaxValue = 1024;
constexpr std::size_t kMaxLine = 8 * 1024;

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

const char* name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
    case LogLevel::kOff:
      break;
  }
  return "off";
}

// Hands the bare line on; spdlog's lock is held meanwhile.
class CapturingSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit CapturingSink(Log::Sink take_line) : take_line_(std::move(take_line)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    take_line_({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

 private:
  Log::Sink take_line_;
};

std::string rfc3339_now() {
  using std::chrono::floor;
  const auto now = floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto day = floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{now - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

struct ToJson {
  nlohmann::ordered_json operator()(std::string_view text) const {
    if (text.size() <= kMaxValue) return text;
    return std::string{text.substr(0, kMaxValue)} + "...";
  }
  nlohmann::ordered_json operator()(auto value) const { return value; }
};

std::string to_line(LogLevel level, std::string_view event, LogFields fields) {
  nlohmann::ordered_json line;
  line["time"] = rfc3339_now();
  line["level"] = name_of(level);
  line["event"] = event;
  const auto dump = [&line] {
    // S97: control characters are escaped; bytes that are no UTF-8 become U+FFFD.
    return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  };
  for (const LogField& field : fields) {
    line[std::string{field.name}] = std::visit(ToJson{}, field.value.get());
  }
  std::string text = dump();
  if (text.size() <= kMaxLine) return text;
  // Escaping can grow a value sixfold. The last fields go until the line fits.
  line["cut"] = true;
  for (const LogField* field = fields.end(); text.size() > kMaxLine && field != fields.begin();) {
    --field;
    line.erase(std::string{field->name});
    text = dump();
  }
  return text;
}

}  // namespace

struct Log::Parts {
  explicit Parts(spdlog::sink_ptr sink) : logger("bbgrant", std::move(sink)) {
    logger.set_pattern("%v");
    // A write that fails is dropped in silence: the log must not stop the service (S97).
    logger.set_error_handler([](const std::string&) {});
  }
  spdlog::logger logger;
};

Log::Log(LogLevel level)
    : parts_(std::make_unique<Parts>(std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  set_level(level);
}

Log::Log(Sink sink, LogLevel level)
    : parts_(std::make_unique<Parts>(std::make_shared<CapturingSink>(std::move(sink)))) {
  set_level(level);
}

Log::~Log() = default;

void Log::debug(std::string_view event, LogFields fields) noexcept {
  write(LogLevel::kDebug, event, fields);
}
void Log::event(std::string_view event, LogFields fields) noexcept {
  write(LogLevel::kInfo, event, fields);
}
void Log::warning(std::string_view event, LogFields fields) noexcept {
  write(LogLevel::kWarning, event, fields);
}
void Log::error(std::string_view event, LogFields fields) noexcept {
  write(LogLevel::kError, event, fields);
}

void Log::set_level(LogLevel level) noexcept { parts_->logger.set_level(to_spdlog(level)); }

void Log::write(LogLevel level, std::string_view event, LogFields fields) noexcept {
  if (!parts_->logger.should_log(to_spdlog(level))) return;
  try {
    parts_->logger.log(to_spdlog(level), to_line(level, event, fields));
  } catch (...) {
    // Out of memory: the event is lost, the service goes on (S97).
  }
}

}  // namespace bbgrant::base

// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bbgrant/bbgrant.hpp>

#include "app/app.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/loops.hpp"
#include "sandbox/sandbox.hpp"

namespace bbgrant::app {

/// Lines of a log, to be searched.
class LogLines {
 public:
  [[nodiscard]] base::Log::Sink sink() {
    return [this](std::string_view line) {
      const std::lock_guard lock{mutex_};
      text_ += line;
      text_ += '\n';
    };
  }
  [[nodiscard]] std::string text() const {
    const std::lock_guard lock{mutex_};
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// The app, running on a free port.
class RunningApp {
 public:
  /// @param origin  of the server that it uses; demo accounts are offered when `sandbox` is set.
  explicit RunningApp(const std::string& origin, bool sandbox = true);
  explicit RunningApp(AppOptions options);
  ~RunningApp();
  RunningApp(const RunningApp&) = delete;
  RunningApp& operator=(const RunningApp&) = delete;

  [[nodiscard]] std::string origin() const { return app.origin(); }

  LogLines lines;
  base::Log log{lines.sink()};
  base::SystemClock clock;
  base::EventLoops loops{"test-app", 1};
  App app;
};

/// A sandbox that leaves nothing behind, and the app that uses it.
struct AppWithSandbox {
  AppWithSandbox();

  LogLines sandbox_lines;
  base::Log sandbox_log{sandbox_lines.sink()};
  sandbox::Sandbox sandbox;
  std::optional<RunningApp> running;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Page {
  int status = 0;
  Headers headers{};
  std::string body{};

  [[nodiscard]] std::string header(std::string_view name) const {
    return find_header(headers, name).value_or(std::string{});
  }
};

/// A browser without a screen: keeps cookies, knows the form token of the last page, follows no
/// redirect by itself.
class Visitor {
 public:
  explicit Visitor(std::string origin) : origin_(std::move(origin)) {}

  Page get(const std::string& path);
  /// Posts a form of the last page: with its token, cookies and Origin.
  Page post(const std::string& path, Fields fields);
  /// Posts, then opens the address that the answer leads to.
  Page post_and_follow(const std::string& path, Fields fields);
  /// Sends exactly these headers, and keeps no cookie.
  Page send(const std::string& method, const std::string& path, const Fields& headers,
            const std::string& body = {}) const;

  [[nodiscard]] std::string cookie() const;
  [[nodiscard]] std::string csrf() const { return csrf_; }
  [[nodiscard]] const std::string& origin() const { return origin_; }
  void set_cookie(const std::string& name, const std::string& value) { cookies_[name] = value; }

 private:
  Page keep(Page page);

  std::string origin_;
  std::map<std::string, std::string> cookies_;
  std::string csrf_;
  std::shared_ptr<Transport> transport_ = curl_transport();
};

/// The address behind the button of /leave.
[[nodiscard]] std::string way_out(const std::string& page);

/// A script's sign-in: a form, asking for JSON.
[[nodiscard]] Page post_as_script(const std::string& origin, const std::string& path,
                                  const std::string& form);

}  // namespace bbgrant::app

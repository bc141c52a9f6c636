// SPDX-License-Identifier: MIT
#include "cli/spinner.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <unistd.h>

#include "cli/terminal.hpp"
#include "cli/url.hpp"

namespace bbgrant::cli {
namespace {

using namespace std::chrono_literals;

class Spinner {
 public:
  Spinner(const Output& output, std::string text)
      : output_(output),
        text_(std::move(text)),
        thread_([this](const std::stop_token& stop) { turn(stop); }) {}

 private:
  void turn(const std::stop_token& stop) {
    constexpr std::string_view kFrames = "|/-\\";
    std::unique_lock lock{mutex_};
    auto pause = 500ms;
    bool shown = false;
    for (std::size_t frame = 0;; ++frame) {
      wake_.wait_for(lock, stop, pause, [] { return false; });
      if (stop.stop_requested()) break;
      output_.talk("\r" + text_ + " " + kFrames[frame % kFrames.size()]);
      shown = true;
      pause = 100ms;
    }
    // The line is taken back.
    if (shown) output_.talk("\r" + std::string(text_.size() + 2, ' ') + "\r");
  }

  const Output& output_;
  const std::string text_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

class SpinningTransport final : public Transport {
 public:
  SpinningTransport(std::shared_ptr<Transport> inner, const Output& output)
      : inner_(std::move(inner)), output_(output) {}

  HttpResponse send(const HttpRequest& request) override {
    const auto url = parse_url(request.url);
    const Spinner spinner{output_,
                          "Waiting for " + escape_controls(url ? url->host : "the server")};
    return inner_->send(request);
  }

 private:
  std::shared_ptr<Transport> inner_;
  const Output& output_;
};

}  // namespace

std::shared_ptr<Transport> with_spinner(std::shared_ptr<Transport> transport,
                                        const Context& context) {
  if (!is_terminal(STDERR_FILENO) || context.environment("TERM") == "dumb") return transport;
  return std::make_shared<SpinningTransport>(std::move(transport), context.output);
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include "cli/loopback_receiver.hpp"

#include <cstdint>
#include <mutex>
#include <utility>
#include <variant>

#include <boost/asio/awaitable.hpp>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/loops.hpp"
#include "http/form.hpp"
#include "http/server.hpp"

namespace bbgrant::cli {
namespace {

http::Response page(int status, const std::string& text) {
  return http::Response::html(
             status,
             "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width\">"
             "<meta name=\"color-scheme\" content=\"light dark\"><title>bbgrant</title><h1>bbgrant"
             "</h1><p>" +
                 text + "</p></html>\n")
      .with("Cache-Control", "no-store");
}

http::ServerOptions options_for(const Url& callback) {
  http::ServerOptions options;
  options.name = "callback";
  // localhost is both addresses for many programs.
  if (callback.host != "localhost") options.listen_addresses = {callback.host};
  options.port = callback.port.value_or(0);
  return options;
}

}  // namespace

struct LoopbackReceiver::Parts {
  explicit Parts(const Url& callback)
      : server(options_for(callback), routes(callback), loops, log, clock) {
    server.start();
    const bool v6 = callback.host.find(':') != std::string::npos;
    redirect_uri = "http://" + (v6 ? "[" + callback.host + "]" : callback.host) + ":" +
                   std::to_string(server.port()) + (callback.path == "/" ? "" : callback.path);
  }
  ~Parts() {
    server.stop(std::chrono::seconds{1});
    loops.stop();
    ::close(arrived);
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  http::Router routes(const Url& callback) {
    http::Router router;
    router.add(http::Method::kGet, callback.path.empty() ? "/" : callback.path,
               [this](http::Request& request) -> boost::asio::awaitable<http::Response> {
                 co_return answer(request);
               });
    return router;
  }

  http::Response answer(const http::Request& request) {
    const auto read = http::parse_form(request.query);
    const auto* form = std::get_if<http::Form>(&read);
    const std::lock_guard lock{mutex};
    const bool ours = form != nullptr && request.method == http::Method::kGet && !state.empty() &&
                      form->get("state") == state.reveal();
    if (!ours) return page(400, "This is not the answer that bbgrant waits for.");
    state.clear();  // S84: counts once
    query = Secret{request.query};
    const std::uint64_t one = 1;
    const bool told = ::write(arrived, &one, sizeof one) == sizeof one;
    if (!told || form->has("error")) {
      return page(200, "The authorization was refused. The terminal says more.");
    }
    return page(200, "Done. You can close this page and go back to the terminal.");
  }

  std::mutex mutex;
  Secret state;  // guarded by mutex; empty: none is waited for
  Secret query;  // guarded by mutex
  int arrived = ::eventfd(0, EFD_CLOEXEC);
  base::SystemClock clock;
  base::Log log{base::LogLevel::kOff};
  base::EventLoops loops{"callback", 1};
  std::string redirect_uri;
  http::Server server;
};

LoopbackReceiver::LoopbackReceiver(const Url& callback)
    : parts_(std::make_unique<Parts>(callback)) {}
LoopbackReceiver::~LoopbackReceiver() = default;

const std::string& LoopbackReceiver::redirect_uri() const noexcept { return parts_->redirect_uri; }
int LoopbackReceiver::descriptor() const noexcept { return parts_->arrived; }

void LoopbackReceiver::expect(const Secret& state) {
  const std::lock_guard lock{parts_->mutex};
  parts_->state = state.copy();
}

Secret LoopbackReceiver::take() {
  const std::lock_guard lock{parts_->mutex};
  return std::move(parts_->query);
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include <csignal>
#include <ctime>
#include <mutex>
#include <utility>

#include <bbgrant/error.hpp>
#include <bbgrant/transport.hpp>

#include "client/curl_transfer.hpp"
#include "client/inline.hpp"

namespace bbgrant::detail {

struct MultiCleanup {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
struct EasyCleanup {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};

/// One thread's worth of libcurl. The connections live in the multi handle, which is also what lets
/// another thread wake the waiting one.
struct CurlHandle {
  // Destroyed in reverse order: the easy handle first.
  std::unique_ptr<CURLM, MultiCleanup> multi{curl_multi_init()};
  std::unique_ptr<CURL, EasyCleanup> easy{curl_easy_init()};
};

/// OpenSSL writes with write(2): a peer that has gone raises SIGPIPE, which would end the program.
/// libcurl's own protection changes the whole process and is not for threads.
class SigpipeBlocked {
 public:
  SigpipeBlocked() noexcept {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  SigpipeBlocked(const SigpipeBlocked&) = delete;
  SigpipeBlocked& operator=(const SigpipeBlocked&) = delete;
  ~SigpipeBlocked() {
    const timespec now{};
    if (!was_pending_) {
      while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

/// The easy handle while it is in the multi handle.
class Running {
 public:
  explicit Running(const CurlHandle& handle) : handle_(handle) {
    if (curl_multi_add_handle(handle_.multi.get(), handle_.easy.get()) != CURLM_OK)
      throw ConfigError("libcurl cannot start a transfer");
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { curl_multi_remove_handle(handle_.multi.get(), handle_.easy.get()); }

 private:
  const CurlHandle& handle_;
};

/// Runs the transfer to its end; nothing when the stop token was used.
inline std::optional<CURLcode> run(const CurlHandle& handle, const std::stop_token& stop) {
  CURLM* multi = handle.multi.get();
  const SigpipeBlocked blocked;
  const Running running{handle};
  const std::stop_callback wake{stop, [multi] { curl_multi_wakeup(multi); }};
  while (!stop.stop_requested()) {
    int unfinished = 0;
    if (curl_multi_perform(multi, &unfinished) != CURLM_OK) return CURLE_FAILED_INIT;
    if (unfinished == 0) {
      int left = 0;
      const CURLMsg* message = curl_multi_info_read(multi, &left);
      return message != nullptr ? message->data.result : CURLE_FAILED_INIT;
    }
    if (curl_multi_poll(multi, nullptr, 0, 1000, nullptr) != CURLM_OK) return CURLE_FAILED_INIT;
  }
  return std::nullopt;
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options) : options_(std::move(options)) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once, for all threads
    if (ready != CURLE_OK) throw ConfigError("libcurl cannot be set up");
    if (options_.connect_timeout <= std::chrono::milliseconds::zero())
      throw ConfigError("The connect timeout must be above zero");
  }

  HttpResponse send(const HttpRequest& request) override {
    CurlHandle handle = take();
    if (!handle.easy || !handle.multi) throw std::bad_alloc{};
    HttpResponse response = [&] {
      CurlTransfer transfer{handle.easy.get(), request, options_};
      const auto code = run(handle, request.stop);
      if (!code) transfer.cancelled();
      return transfer.finish(*code);
    }();
    // After a failure the handle is dropped instead, with the connections that may be in any state.
    give_back(std::move(handle));
    return response;
  }

 private:
  CurlHandle take() {
    const std::scoped_lock lock{mutex_};
    if (idle_.empty()) return {};
    CurlHandle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }

  void give_back(CurlHandle handle) {
    constexpr std::size_t kMostIdle = 64;
    const std::scoped_lock lock{mutex_};
    if (idle_.size() < kMostIdle) idle_.push_back(std::move(handle));
  }

  const CurlOptions options_;
  std::mutex mutex_;
  std::vector<CurlHandle> idle_;  // guarded by mutex_; the last used is used next
};

}  // namespace bbgrant::detail

namespace bbgrant {

BBGRANT_INLINE std::shared_ptr<Transport> curl_transport(const CurlOptions& options) {
  return std::make_shared<detail::CurlTransport>(options);
}

}  // namespace bbgrant

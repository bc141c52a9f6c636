// SPDX-License-Identifier: MIT
#include <mutex>

#include <bbgrant/token_store.hpp>

#include "client/inline.hpp"

namespace bbgrant::detail {

class MemoryTokenStore final : public TokenStore {
 public:
  std::optional<Token> load() override {
    const std::scoped_lock lock{mutex_};
    if (!token_) return std::nullopt;
    return token_->copy();
  }
  void save(const Token& token) override {
    const std::scoped_lock lock{mutex_};
    token_ = token.copy();
  }
  void clear() override {
    const std::scoped_lock lock{mutex_};
    token_.reset();
  }

 private:
  std::mutex mutex_;
  std::optional<Token> token_;  // guarded by mutex_
};

}  // namespace bbgrant::detail

namespace bbgrant {

BBGRANT_INLINE std::unique_ptr<TokenStore::Hold> TokenStore::hold(
    std::chrono::milliseconds /*timeout*/, const std::stop_token& /*stop*/) {
  return nullptr;
}

BBGRANT_INLINE std::shared_ptr<TokenStore> memory_token_store() {
  return std::make_shared<detail::MemoryTokenStore>();
}

}  // namespace bbgrant

// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace bbgrant {

/// A password, consumer secret, token, code, verifier or key.
///
/// Move-only. The bytes live in a heap buffer of their own, so no small-string buffer keeps a copy,
/// and are wiped when the Secret is destroyed, moved from, assigned over or grown. It cannot be
/// printed, compared, converted to JSON or turned into a string by accident: reveal() is the only
/// way to the bytes, so a search for it lists every place that reads one.
///
/// What it cannot do: libcurl, TLS, the kernel and the peer hold copies that nobody here can wipe.
///
/// Distinct objects may be used from distinct threads; one object needs the caller's lock.
class Secret {
 public:
  /// An empty secret.
  Secret() noexcept = default;

  /// Copies the bytes. The caller's own copy is the caller's to wipe.
  explicit Secret(std::string_view bytes) { append(bytes); }

  /// A text that ends with a zero: a literal, or what getenv(3) gave. Null is empty.
  explicit Secret(const char* text) {
    if (text != nullptr) append(text);
  }

  /// Copies the bytes, then wipes the string that they came in.
  explicit Secret(std::string&& bytes) {
    append(bytes);
    ::explicit_bzero(bytes.data(), bytes.size());
    bytes.clear();
  }

  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  Secret(Secret&& other) noexcept
      : buffer_(std::move(other.buffer_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}

  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      clear();
      buffer_ = std::move(other.buffer_);
      size_ = std::exchange(other.size_, 0);
      capacity_ = std::exchange(other.capacity_, 0);
    }
    return *this;
  }

  ~Secret() { clear(); }

  /// A second, independent secret with the same bytes. Named, so that no copy happens unseen.
  [[nodiscard]] Secret copy() const { return Secret{reveal()}; }

  /// The bytes, valid until this object changes or ends. Not ended by a zero.
  [[nodiscard]] std::string_view reveal() const noexcept { return {buffer_.get(), size_}; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// Adds bytes at the end. When the buffer has to grow, the old one is wiped first.
  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    if (size_ + bytes.size() > capacity_) grow(size_ + bytes.size());
    std::memcpy(buffer_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  /// Wipes the bytes and gives the buffer back.
  void clear() noexcept {
    if (buffer_) ::explicit_bzero(buffer_.get(), capacity_);
    buffer_.reset();
    size_ = 0;
    capacity_ = 0;
  }

 private:
  void grow(std::size_t needed) {
    const std::size_t capacity = needed < 2 * capacity_ ? 2 * capacity_ : needed;
    auto larger = std::make_unique<char[]>(capacity);
    if (size_ != 0) std::memcpy(larger.get(), buffer_.get(), size_);
    if (buffer_) ::explicit_bzero(buffer_.get(), capacity_);
    buffer_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace bbgrant

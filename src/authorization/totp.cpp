// SPDX-License-Identifier: MIT
#include "authorization/totp.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

namespace bbgrant::authorization {
namespace {

constexpr std::int64_t kStepSeconds = 30;
// 80 bits, as many services and apps have them; RFC 4226 section 4, R6 wants 128.
constexpr std::size_t kFewestBytes = 10;

// RFC 4648 section 6; neither libsodium nor libcrypto reads Base32.
std::optional<Secret> decode_base32(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == ' ' || c == '=' || c == '-') continue;
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<std::uint32_t>(c - 'a');
    } else if (c >= '2' && c <= '7') {
      value = static_cast<std::uint32_t>(c - '2') + 26;
    } else {
      return std::nullopt;
    }
    bits = (bits << 5U) | value;
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU);
    }
  }
  if (bytes.size() < kFewestBytes) return std::nullopt;
  return Secret{std::move(bytes)};
}

}  // namespace

std::int64_t totp_step_at(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count() / kStepSeconds;
}

bool is_totp_secret(std::string_view base32) { return decode_base32(base32).has_value(); }

std::string totp_code(const Secret& base32, std::int64_t step) {
  const auto key = decode_base32(base32.reveal());
  if (!key) return {};
  std::array<unsigned char, 8> factor{};
  for (std::size_t i = 0; i < factor.size(); ++i) {
    factor[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  }
  std::array<unsigned char, 20> mac{};
  unsigned int length = 0;
  if (HMAC(EVP_sha1(), key->reveal().data(), static_cast<int>(key->size()), factor.data(),
           factor.size(), mac.data(), &length) == nullptr) {
    return {};
  }
  // RFC 4226 section 5.3: dynamic truncation.
  const std::size_t offset = mac.back() & 0x0FU;
  std::uint32_t number = mac[offset] & 0x7FU;
  for (std::size_t i = 1; i < 4; ++i) number = (number << 8U) | mac[offset + i];
  std::string digits = std::to_string(number % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

std::optional<std::int64_t> find_totp_step(const Secret& base32, std::string_view code,
                                           std::chrono::sys_seconds now) {
  std::optional<std::int64_t> found;
  for (std::int64_t step = totp_step_at(now) - 1; step <= totp_step_at(now) + 1; ++step) {
    const auto right = totp_code(base32, step);
    if (right.size() == code.size() && !code.empty() &&
        sodium_memcmp(right.data(), code.data(), code.size()) == 0) {
      found = step;
    }
  }
  return found;
}

}  // namespace bbgrant::authorization

// SPDX-License-Identifier: MIT
#include <string_view>

#include <bbgrant/secret.hpp>

std::size_t take(std::string_view text) { return text.size(); }

std::size_t use(const bbgrant::Secret& secret) {
#ifdef BBGRANT_WRONG
  return take(secret);
#else
  return take(secret.reveal());
#endif
}

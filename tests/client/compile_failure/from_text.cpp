// SPDX-License-Identifier: MIT
#include <string>

#include <bbgrant/secret.hpp>

void take(const bbgrant::Secret& secret);

void use(const std::string& text) {
#ifdef BBGRANT_WRONG
  take(text);
#else
  take(bbgrant::Secret{std::string_view{text}});
#endif
}

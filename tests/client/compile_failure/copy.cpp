// SPDX-License-Identifier: MIT

#include <bbgrant/secret.hpp>

bbgrant::Secret use(const bbgrant::Secret& secret) {
#ifdef BBGRANT_WRONG
  return secret;
#else
  return secret.copy();
#endif
}

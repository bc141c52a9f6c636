// SPDX-License-Identifier: MIT

#include <bbgrant/secret.hpp>

bool use(const bbgrant::Secret& left, const bbgrant::Secret& right) {
#ifdef BBGRANT_WRONG
  return left == right;
#else
  return left.size() == right.size();
#endif
}

// SPDX-License-Identifier: MIT
#include <sstream>

#include <bbgrant/secret.hpp>

void use(std::ostream& out, const bbgrant::Secret& secret) {
#ifdef BBGRANT_WRONG
  out << secret;
#else
  out << secret.reveal();
#endif
}

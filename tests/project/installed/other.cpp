// SPDX-License-Identifier: MIT
// A second translation unit with the whole library: nothing may be defined twice.
#include <bbgrant/bbgrant.hpp>

const char* version_seen_elsewhere();
const char* version_seen_elsewhere() { return bbgrant::kVersion; }

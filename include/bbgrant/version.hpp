// SPDX-License-Identifier: MIT
#pragma once

namespace bbgrant {

/// The version of the library and of the program, SemVer 2.0.0. CMake reads it from this line.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace bbgrant

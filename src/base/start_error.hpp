// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>

namespace bbgrant::base {

/// Something that a person has to mend before a server can start: a busy port, a data folder that
/// cannot be written, a broken setting. The text is one line, says what is wrong and what to do,
/// and holds no secret. The command line prints it and exits with 2 (S94).
class StartError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace bbgrant::base

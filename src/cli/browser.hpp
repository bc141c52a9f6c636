// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/environment.hpp"

namespace bbgrant::cli {

/// Opens a web address in the person's browser, where there seems to be one: $BROWSER, or xdg-open
/// on a desktop that is not at the other end of an SSH connection. Does not wait, and no failure is
/// one: the address is on the terminal as well.
void open_browser(const std::string& url, const Environment& environment);

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <bbgrant/transport.hpp>

#include "cli/command.hpp"

namespace bbgrant::cli {

/// The same transport; an exchange that takes longer than half a second is seen to go on, when
/// stderr is a terminal.
[[nodiscard]] std::shared_ptr<Transport> with_spinner(std::shared_ptr<Transport> transport,
                                                      const Context& context);

}  // namespace bbgrant::cli

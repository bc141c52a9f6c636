// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/core.h>

#include "bbgrant/secret.hpp"

/// A Secret that reaches a format string by mistake prints as three stars. It lives here since the
/// copied client header knows no fmt.
template <>
struct fmt::formatter<bbgrant::Secret> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const bbgrant::Secret&, Context& context) const {
    return fmt::format_to(context.out(), "***");
  }
};

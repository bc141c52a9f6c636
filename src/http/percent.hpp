// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "http/form.hpp"

namespace bbgrant::http {

/// Percent-decodes once and checks what comes out: UTF-8, no NUL. Internal to this room.
[[nodiscard]] std::variant<std::string, FormFault> percent_decode(std::string_view text,
                                                                  bool plus_is_blank);

}  // namespace bbgrant::http

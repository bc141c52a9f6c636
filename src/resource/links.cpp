// SPDX-License-Identifier: MIT
#include "resource/links.hpp"

#include <fmt/chrono.h>

#include "http/form.hpp"

namespace bbgrant::resource {

Json link(std::string_view origin, std::string_view path) {
  return {{"href", std::string{origin}.append(path)}};
}

std::string segment(std::string_view text) { return http::encode_segment(text); }

std::string timestamp(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.000000+00:00",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace bbgrant::resource

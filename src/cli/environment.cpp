// SPDX-License-Identifier: MIT
#include "cli/environment.hpp"

#include <cstdlib>
#include <cstring>

namespace bbgrant::cli {

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program sets a variable
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return std::string{value};
  };
}

std::optional<Secret> take_secret_from_environment(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): called before any thread is started
  char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  Secret secret{std::string_view{value}};
  ::explicit_bzero(value, std::strlen(value));
  return secret;
}

}  // namespace bbgrant::cli

// SPDX-License-Identifier: MIT
#include "sandbox/served_operations.hpp"

#include "resource/operations.hpp"

namespace bbgrant::sandbox {

std::vector<ServedOperation> served_operations() {
  std::vector<ServedOperation> all;
  for (const resource::Operation& each : resource::operations()) {
    all.push_back({.method = std::string{http::name_of(each.method)},
                   .path = std::string{each.path},
                   .scope = std::string{each.scope},
                   .summary = std::string{each.summary}});
  }
  return all;
}

}  // namespace bbgrant::sandbox

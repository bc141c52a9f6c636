// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace bbgrant::sandbox {

/// One operation of the REST API, as others may list it.
struct ServedOperation {
  std::string method;
  std::string path;
  std::string scope;
  std::string summary;
};

/// What the sandbox serves below /2.0/, from the resource server's own table.
[[nodiscard]] std::vector<ServedOperation> served_operations();

}  // namespace bbgrant::sandbox

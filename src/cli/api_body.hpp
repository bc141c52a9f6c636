// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <bbgrant/api.hpp>

// NOLINTNEXTLINE(readability-identifier-naming): the library's own name
namespace CLI {
class App;
}

namespace bbgrant::cli {

/// What `bbgrant api` is to send beside method and path. The flags are those of GitHub's gh.
struct ApiFields {
  std::vector<std::string> text;
  std::vector<std::string> typed;
  std::vector<std::string> headers;
  std::string input;
};

void declare_api_fields(CLI::App& parser, ApiFields& fields);

/// The request: fields become a JSON object, or the query of a GET.
/// @param method  empty: GET, or POST where there is a body.
/// @param reads   it stays GET all the same.
/// @throws UsageError
[[nodiscard]] ApiRequest request_of(const ApiFields& fields, const std::string& target,
                                    const std::string& method, bool reads);

}  // namespace bbgrant::cli

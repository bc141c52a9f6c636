// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bbgrant/secret.hpp"
#include "cli/exit_code.hpp"

namespace bbgrant::cli {

/// Which server: "sandbox", "bitbucket", or a URL; or else the endpoints one by one.
struct ServerChoice {
  std::string name_or_url;
  std::string authorize_url;
  std::string token_url;
  std::string revoke_url;
  std::string api_url;

  friend bool operator==(const ServerChoice&, const ServerChoice&) = default;
};

/// What one source says: a file, the environment, or the flags. Not set means that it says nothing.
struct Config {
  std::optional<std::string> consumer_key;
  std::optional<Secret> consumer_secret;
  std::optional<std::string> consumer2026_key;
  std::optional<Secret> consumer2026_secret;
  std::optional<ServerChoice> server;
  std::optional<std::string> callback_url;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::uint16_t> port;
  std::optional<std::uint16_t> sandbox_port;
  std::optional<std::string> data_dir;
  std::optional<std::string> store;
};

/// A setting that cannot be used. The text names where it stands and what was expected, never the
/// value, which may be a secret in the wrong place.
class ConfigProblem : public UsageError {
 public:
  using UsageError::UsageError;
};

/// Reads one JSON document of settings.
/// @param text  at most 1 MiB.
/// @param name  how messages call it: "config.json:4: port: expected ...".
/// @throws ConfigProblem at bad JSON, a repeated or unknown key, a wrong type, a bad value (S94).
[[nodiscard]] Config parse_config(std::string_view text, const std::string& name);

/// Reads a file with parse_config(). A relative dataDir or SQLite file is taken from its folder.
/// @throws ConfigProblem also when it cannot be read.
[[nodiscard]] Config load_config(const std::filesystem::path& path);

/// For each setting, what `upper` says, else what `lower` says.
[[nodiscard]] Config overlay(Config upper, Config lower);

}  // namespace bbgrant::cli

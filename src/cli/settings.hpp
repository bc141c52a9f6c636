// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/config.hpp"
#include "cli/environment.hpp"

namespace bbgrant::cli {

/// Which file a command may read when --config names none.
enum class ConfigFile {
  /// ./config.json. For serve and sandbox, which send no secret to anybody.
  kWorkingDirectory,
  /// $XDG_CONFIG_HOME/bbgrant/config.json. For commands that send secrets: the working directory
  /// may be a foreign clone whose config.json names a foreign server (S98).
  kUserFolder,
};

/// What the person wants, after flags, environment and file were put together.
struct Settings {
  Config config;
  /// The file that was read, if any.
  std::optional<std::string> file;
  /// Folder of the store: as set, else data/ beside the file, else $XDG_STATE_HOME/bbgrant.
  std::string data_dir;
};

/// $XDG_STATE_HOME/bbgrant: where logins are kept. Nothing when there is no home folder either.
[[nodiscard]] std::optional<std::filesystem::path> state_folder(const Environment& environment);

/// Puts one flag, such as --port, into what the flags say.
/// @throws UsageError "--port: expected ..."
void set_flag(Config& flags, const std::string& flag, const char* key, const std::string& value);

/// Flag, then environment, then file (each setting by itself).
/// @param flags        what the command line said.
/// @param config_flag  --config; a file named there must exist.
/// @throws UsageError, ConfigProblem
[[nodiscard]] Settings resolve_settings(Config flags, const std::optional<std::string>& config_flag,
                                        ConfigFile which, const Environment& environment);

}  // namespace bbgrant::cli
